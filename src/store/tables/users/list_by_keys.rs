//! The accounts that have one of many usernames, emails and external ids.

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};

use super::CredentialsRow;
use crate::{
    domain::{
        account::username::UsernameKey,
        account::{email::EmailKey, external_id::ExternalId, user::Credentials},
    },
    store::{
        error::StoreError,
        schema::users,
        tx::{Tx, with_conn},
    },
};

/// The unique values of many accounts.
#[derive(Default)]
#[expect(missing_docs, reason = "each field is named after its column")]
pub struct ListedKeys<'a> {
    pub usernames: Vec<&'a UsernameKey>,
    pub emails: Vec<&'a EmailKey>,
    pub external_ids: Vec<&'a ExternalId>,
}

/// Returns the accounts that have one of the values, each once. Callers list at most some hundred
/// values of a column, because SQLite bounds the parameters of a statement.
pub fn list_by_keys(
    tx: &mut Tx<'_>,
    keys: &ListedKeys<'_>,
) -> Result<Vec<Credentials>, StoreError> {
    let usernames = keys.usernames.iter().map(|key| key.as_str());
    let emails = keys.emails.iter().map(|key| key.as_str());
    let external_ids = keys.external_ids.iter().map(|id| id.as_str());
    let (usernames, emails) = (usernames.collect::<Vec<_>>(), emails.collect::<Vec<_>>());
    let external_ids: Vec<_> = external_ids.collect();
    let mut found = HashMap::new();
    macro_rules! add {
        ($column:expr, $values:expr) => {
            if !$values.is_empty() {
                let rows: Vec<CredentialsRow> = with_conn!(tx, c => users::table
                    .filter($column.eq_any(&$values))
                    .select(CredentialsRow::as_select())
                    .load(c))?;
                found.extend(rows.into_iter().map(|row| (row.user.id.clone(), row)));
            }
        };
    }
    add!(users::username_key, usernames);
    add!(users::email_key, emails);
    add!(users::external_id, external_ids);
    found.into_values().map(Credentials::try_from).collect()
}
