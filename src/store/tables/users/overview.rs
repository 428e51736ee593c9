//! The accounts of the table as an operator sees them.

use diesel::{
    BoolExpressionMethods, EscapeExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl,
    Queryable, RunQueryDsl, Selectable, SelectableHelper, TextExpressionMethods,
};

use super::UserRow;
use crate::{
    domain::{
        account::{identifier::IdentifierPrefix, ids::UserId, user::User},
        timestamp::Timestamp,
    },
    store::{
        error::StoreError,
        schema::users,
        tx::{Tx, with_conn},
    },
};

/// The character that makes the next one literal in a pattern.
const ESCAPE: char = '\\';

/// An account with its state.
pub struct AccountState {
    /// The account.
    pub user: User,
    /// Set while an operator has disabled the account.
    pub disabled: bool,
    /// The failed logins since the last success.
    pub failures_in_a_row: i64,
    /// The time of the last login, or `None` before the first.
    pub last_login_at: Option<Timestamp>,
    /// The time of the last change of the account or its password.
    pub updated_at: Timestamp,
}

/// A page of accounts in the order of their ids.
pub struct AccountQuery {
    /// The account before the page.
    pub after: Option<UserId>,
    /// The most accounts on the page.
    pub limit: i64,
    /// The beginning of their username or email.
    pub prefix: IdentifierPrefix,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
struct StateRow {
    #[diesel(embed)]
    user: UserRow,
    disabled: bool,
    failed_log_ins: i64,
    last_login_at: i64,
    updated_at: i64,
}

impl TryFrom<StateRow> for AccountState {
    type Error = StoreError;

    fn try_from(row: StateRow) -> Result<Self, StoreError> {
        let last_login_at = Timestamp::from_micros(row.last_login_at);
        let user: User = row.user.try_into()?;
        // An account that was never changed has no time of a change.
        let updated_at = Timestamp::from_micros(row.updated_at).max(user.created_at);
        Ok(Self {
            user,
            disabled: row.disabled,
            failures_in_a_row: row.failed_log_ins,
            last_login_at: (row.last_login_at > 0).then_some(last_login_at),
            updated_at,
        })
    }
}

/// Returns the state of the account with this id.
pub fn state_by_id(tx: &mut Tx<'_>, id: UserId) -> Result<Option<AccountState>, StoreError> {
    with_conn!(tx, c => users::table
        .find(id.to_string())
        .select(StateRow::as_select())
        .get_result(c)
        .optional())?
    .map(AccountState::try_from)
    .transpose()
}

/// Returns a page of accounts.
pub fn list(tx: &mut Tx<'_>, query: &AccountQuery) -> Result<Vec<AccountState>, StoreError> {
    let after = query.after.map(|id| id.to_string()).unwrap_or_default();
    let username = pattern(query.prefix.of_username());
    let email = pattern(query.prefix.of_email());
    let matches = || {
        let username = users::username_key.like(&username).escape(ESCAPE);
        username.or(users::email_key.like(&email).escape(ESCAPE))
    };
    with_conn!(tx, c => users::table
        .filter(users::id.gt(&after))
        .filter(matches())
        .order(users::id.asc())
        .limit(query.limit)
        .select(StateRow::as_select())
        .load(c))?
    .into_iter()
    .map(AccountState::try_from)
    .collect()
}

/// Returns the pattern of the texts with this beginning.
fn pattern(prefix: &str) -> String {
    let mut pattern = String::with_capacity(prefix.len() + 1);
    for character in prefix.chars() {
        if matches!(character, ESCAPE | '%' | '_') {
            pattern.push(ESCAPE);
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
