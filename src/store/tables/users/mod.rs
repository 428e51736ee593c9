//! The table of accounts.

mod attributes;
mod emails;
mod failed_logins;
mod filter;
mod insert;
mod list;
mod list_by_keys;
mod lock;
mod overview;
mod passwords;
mod taken;

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};

use crate::{
    domain::{
        account::{
            attributes::Attributes,
            display_name::DisplayName,
            email::{Email, EmailKey},
            external_id::ExternalId,
            ids::UserId,
            roles::Roles,
            user::{Credentials, User},
            username::{Username, UsernameKey},
        },
        json_object::JsonObject,
        timestamp::Timestamp,
    },
    store::{
        error::StoreError,
        schema::users,
        tables::events,
        tx::{Tx, with_conn},
    },
};

pub use attributes::{
    record_login, record_login_if_unchanged, set_disabled, set_display_name, set_external_id,
    set_metadata, set_profile, set_roles,
};
pub use emails::{registered_mailboxes, set_email, set_email_verified, verify_email};
pub use failed_logins::{count_failure, refund_failure, reset_failures};
pub use filter::{AccountFilter, AccountPage, ListOrder, ListPosition};
pub use insert::{NewUser, insert, insert_if_free};
pub use list::list;
pub use list_by_keys::{ListedKeys, list_by_keys};
pub use lock::{lock, lock_by_email, lock_if_unchanged};
pub use overview::{AccountState, state_by_id};
pub use passwords::{change_password, renew_password_hash, reset_password, set_password};
pub use taken::{UniqueKeys, taken_keys};

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(crate) struct UserRow {
    id: String,
    username: String,
    username_key: String,
    email: String,
    email_key: String,
    email_verified: bool,
    created_at: i64,
    display_name: Option<String>,
    profile: String,
    roles: String,
    metadata: String,
    external_id: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
struct CredentialsRow {
    #[diesel(embed)]
    user: UserRow,
    password_hash: String,
    password_version: i64,
    disabled: bool,
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        let id =
            UserId::parse(&row.id).ok_or_else(|| StoreError::corrupt("users", "id", &row.id))?;
        Ok(Self {
            id,
            username: Username::from_stored(row.username, row.username_key),
            email: Email::from_stored(row.email, row.email_key),
            email_verified: row.email_verified,
            created_at: Timestamp::from_micros(row.created_at),
            attributes: Attributes {
                display_name: row.display_name.map(DisplayName::from_stored),
                profile: JsonObject::from_stored(row.profile),
                roles: Roles::from_stored(row.roles),
                metadata: JsonObject::from_stored(row.metadata),
                external_id: row.external_id.map(ExternalId::from_stored),
            },
        })
    }
}

impl TryFrom<CredentialsRow> for Credentials {
    type Error = StoreError;

    fn try_from(row: CredentialsRow) -> Result<Self, StoreError> {
        Ok(Self {
            user: row.user.try_into()?,
            password_hash: row.password_hash,
            password_version: row.password_version,
            disabled: row.disabled,
        })
    }
}

/// Returns the account with this username.
pub fn by_username(tx: &mut Tx<'_>, key: &UsernameKey) -> Result<Option<Credentials>, StoreError> {
    with_conn!(tx, c => users::table
        .filter(users::username_key.eq(key.as_str()))
        .select(CredentialsRow::as_select())
        .get_result(c)
        .optional())?
    .map(Credentials::try_from)
    .transpose()
}

/// Returns the account with this email.
pub fn by_email(tx: &mut Tx<'_>, key: &EmailKey) -> Result<Option<Credentials>, StoreError> {
    with_conn!(tx, c => users::table
        .filter(users::email_key.eq(key.as_str()))
        .select(CredentialsRow::as_select())
        .get_result(c)
        .optional())?
    .map(Credentials::try_from)
    .transpose()
}

/// Returns the account with this id.
pub fn by_id(tx: &mut Tx<'_>, id: UserId) -> Result<Option<Credentials>, StoreError> {
    with_conn!(tx, c => users::table
        .find(id.to_string())
        .select(CredentialsRow::as_select())
        .get_result(c)
        .optional())?
    .map(Credentials::try_from)
    .transpose()
}

/// Changes the username of an account. Returns whether the account exists.
pub fn set_username(
    tx: &mut Tx<'_>,
    id: UserId,
    username: &Username,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(users::table.find(id.to_string()))
        .set((
            users::username.eq(username.as_str()),
            users::username_key.eq(username.key().as_str()),
            users::updated_at.eq(now.as_micros()),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// Deletes an account with all rows that it owns, and the personal data in its events. Returns
/// whether it existed. The account is locked before its events.
pub fn delete(tx: &mut Tx<'_>, id: UserId) -> Result<bool, StoreError> {
    let deleted =
        with_conn!(tx, c => diesel::delete(users::table.find(id.to_string())).execute(c))?;
    events::anonymize(tx, id)?;
    Ok(deleted == 1)
}
