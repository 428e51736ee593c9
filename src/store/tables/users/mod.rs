//! The table of accounts.

mod attributes;
mod emails;
mod failed_logins;
mod filter;
mod list;
mod lock;
mod overview;
mod passwords;
mod taken;

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
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
        backend::prepared::prepared,
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
pub use list::list;
pub use lock::{lock, lock_by_email, lock_if_unchanged};
pub use overview::{AccountState, state_by_id};
pub use passwords::{change_password, renew_password_hash, reset_password, set_password};
pub use taken::{UniqueKeys, taken_keys};

/// An account to insert.
pub struct NewUser<'a> {
    /// The account.
    pub user: &'a User,
    /// The stored form of its password.
    pub password_hash: &'a str,
}

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

#[derive(Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
struct NewUserRow<'a> {
    id: String,
    username: &'a str,
    username_key: &'a str,
    email: &'a str,
    email_key: &'a str,
    email_verified: bool,
    password_hash: &'a str,
    password_version: i64,
    disabled: bool,
    created_at: i64,
    display_name: Option<String>,
    profile: &'a str,
    roles: &'a str,
    metadata: &'a str,
    external_id: Option<String>,
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

/// Inserts an account. A username, email or external id in use is [`StoreError::Taken`].
pub fn insert(tx: &mut Tx<'_>, new: &NewUser<'_>) -> Result<(), StoreError> {
    let user = new.user;
    let attributes = &user.attributes;
    let row = NewUserRow {
        id: user.id.to_string(),
        username: user.username.as_str(),
        username_key: user.username.key().as_str(),
        email: user.email.as_str(),
        email_key: user.email.key().as_str(),
        email_verified: user.email_verified,
        password_hash: new.password_hash,
        password_version: 0,
        disabled: false,
        created_at: user.created_at.as_micros(),
        display_name: attributes
            .display_name
            .as_ref()
            .map(|name| name.as_str().to_owned()),
        profile: attributes.profile.as_str(),
        roles: attributes.roles.joined(),
        metadata: attributes.metadata.as_str(),
        external_id: attributes
            .external_id
            .as_ref()
            .map(|id| id.as_str().to_owned()),
    };
    with_conn!(tx, c => prepared!(diesel::insert_into(users::table).values(&row)).execute(c))?;
    Ok(())
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
