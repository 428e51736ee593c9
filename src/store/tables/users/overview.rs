//! The accounts of the table as an operator sees them.

use diesel::{OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::UserRow;
use crate::{
    domain::{
        account::{ids::UserId, user::User},
        timestamp::Timestamp,
    },
    store::{
        error::StoreError,
        schema::users,
        tx::{Tx, with_conn},
    },
};

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

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(super) struct StateRow {
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
