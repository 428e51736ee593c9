//! The unique values of accounts that are in use.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::{
    domain::account::{
        email::{Email, EmailKey},
        external_id::ExternalId,
        ids::UserId,
        username::{Username, UsernameKey},
    },
    store::{
        error::{StoreError, Unique},
        schema::users,
        tx::{Tx, with_conn},
    },
};

/// The unique values that an account is to have.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "each field is named after its column")]
pub struct UniqueKeys {
    pub username: Option<UsernameKey>,
    pub email: Option<EmailKey>,
    pub external_id: Option<ExternalId>,
}

impl UniqueKeys {
    /// Returns the keys of a username and an email.
    #[must_use]
    pub fn of(username: &Username, email: &Email) -> Self {
        Self {
            username: Some(username.key().clone()),
            email: Some(email.key().clone()),
            external_id: None,
        }
    }
}

/// Returns which of the values other accounts than `except` have, in field order.
pub fn taken_keys(
    tx: &mut Tx<'_>,
    keys: &UniqueKeys,
    except: Option<UserId>,
) -> Result<Vec<Unique>, StoreError> {
    let mut owners = Vec::new();
    let table = users::table.select(users::id);
    if let Some(username) = &keys.username {
        let query = table.filter(users::username_key.eq(username.as_str()));
        let owner: Option<String> = with_conn!(tx, c => query.get_result(c).optional())?;
        owners.push((Unique::Username, owner));
    }
    if let Some(email) = &keys.email {
        let query = table.filter(users::email_key.eq(email.as_str()));
        let owner: Option<String> = with_conn!(tx, c => query.get_result(c).optional())?;
        owners.push((Unique::Email, owner));
    }
    if let Some(external_id) = &keys.external_id {
        let query = table.filter(users::external_id.eq(external_id.as_str()));
        let owner: Option<String> = with_conn!(tx, c => query.get_result(c).optional())?;
        owners.push((Unique::ExternalId, owner));
    }
    let own = except.map(|id| id.to_string());
    let taken = owners
        .into_iter()
        .filter(|(_, owner)| owner.is_some() && *owner != own)
        .map(|(unique, _)| unique);
    Ok(taken.collect())
}
