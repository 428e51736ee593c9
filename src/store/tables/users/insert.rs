//! Inserts accounts into their table.

use diesel::{Insertable, RunQueryDsl};

use crate::{
    domain::account::user::User,
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::users,
        tx::{Tx, with_conn},
    },
};

/// An account to insert.
pub struct NewUser<'a> {
    /// The account.
    pub user: &'a User,
    /// The stored form of its password.
    pub password_hash: &'a str,
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

impl<'a> NewUserRow<'a> {
    fn of(new: &NewUser<'a>, disabled: bool) -> Self {
        let user = new.user;
        let attributes = &user.attributes;
        Self {
            id: user.id.to_string(),
            username: user.username.as_str(),
            username_key: user.username.key().as_str(),
            email: user.email.as_str(),
            email_key: user.email.key().as_str(),
            email_verified: user.email_verified,
            password_hash: new.password_hash,
            password_version: 0,
            disabled,
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
        }
    }
}

/// Inserts an account. A username, email or external id in use is [`StoreError::Taken`].
pub fn insert(tx: &mut Tx<'_>, new: &NewUser<'_>) -> Result<(), StoreError> {
    let row = NewUserRow::of(new, false);
    with_conn!(tx, c => prepared!(diesel::insert_into(users::table).values(&row)).execute(c))?;
    Ok(())
}

/// Inserts an account unless its username, email or external id is in use. Returns whether it was
/// inserted. Unlike an error, a value in use does not end the transaction in PostgreSQL.
pub fn insert_if_free(
    tx: &mut Tx<'_>,
    new: &NewUser<'_>,
    disabled: bool,
) -> Result<bool, StoreError> {
    let row = NewUserRow::of(new, disabled);
    let inserted = with_conn!(tx, c => prepared!(diesel::insert_into(users::table)
        .values(&row)
        .on_conflict_do_nothing())
        .execute(c))?;
    Ok(inserted == 1)
}
