//! The attributes in the table of accounts, and the time of the last login.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::{
    domain::{
        account::{display_name::DisplayName, external_id::ExternalId, ids::UserId, roles::Roles},
        json_object::JsonObject,
        timestamp::Timestamp,
    },
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::users,
        tx::{Tx, with_conn},
    },
};

/// Sets or removes the display name of an account.
pub fn set_display_name(
    tx: &mut Tx<'_>,
    id: UserId,
    name: Option<&DisplayName>,
    now: Timestamp,
) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::update(users::table.find(id.to_string()))
        .set((
            users::display_name.eq(name.map(DisplayName::as_str)),
            users::updated_at.eq(now.as_micros()),
        ))
        .execute(c))?;
    Ok(())
}

/// Replaces the profile of an account.
pub fn set_profile(
    tx: &mut Tx<'_>,
    id: UserId,
    profile: &JsonObject,
    now: Timestamp,
) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::update(users::table.find(id.to_string()))
        .set((
            users::profile.eq(profile.as_str()),
            users::updated_at.eq(now.as_micros()),
        ))
        .execute(c))?;
    Ok(())
}

/// Replaces the roles of an account. Returns whether the account exists.
pub fn set_roles(
    tx: &mut Tx<'_>,
    id: UserId,
    roles: &Roles,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(users::table.find(id.to_string()))
        .set((
            users::roles.eq(roles.joined()),
            users::updated_at.eq(now.as_micros()),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// Replaces the metadata of an account. Returns whether the account exists.
pub fn set_metadata(
    tx: &mut Tx<'_>,
    id: UserId,
    metadata: &JsonObject,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(users::table.find(id.to_string()))
        .set((
            users::metadata.eq(metadata.as_str()),
            users::updated_at.eq(now.as_micros()),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// Sets or removes the external id of an account. Returns whether the account exists. An id in use
/// is [`StoreError::Taken`].
pub fn set_external_id(
    tx: &mut Tx<'_>,
    id: UserId,
    external_id: Option<&ExternalId>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(users::table.find(id.to_string()))
        .set((
            users::external_id.eq(external_id.map(ExternalId::as_str)),
            users::updated_at.eq(now.as_micros()),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// Disables or enables an account. Returns whether it exists.
pub fn set_disabled(
    tx: &mut Tx<'_>,
    id: UserId,
    disabled: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(users::table.find(id.to_string()))
        .set((users::disabled.eq(disabled), users::updated_at.eq(now.as_micros())))
        .execute(c))?;
    Ok(changed == 1)
}

/// Records a login to an enabled account, and locks the row until the transaction ends. Returns
/// whether the account is enabled.
pub fn record_login(tx: &mut Tx<'_>, id: UserId, now: Timestamp) -> Result<bool, StoreError> {
    let recorded = with_conn!(tx, c => prepared!(diesel::update(users::table
            .find(id.to_string())
            .filter(users::disabled.eq(false)))
        .set(users::last_login_at.eq(now.as_micros()))
        .returning(users::last_login_at))
        .execute_counting(c))?;
    Ok(recorded == 1)
}

/// Records a login like [`record_login`], if the password version is still `version`.
pub fn record_login_if_unchanged(
    tx: &mut Tx<'_>,
    id: UserId,
    version: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let recorded = with_conn!(tx, c => prepared!(diesel::update(users::table
            .find(id.to_string())
            .filter(users::disabled.eq(false))
            .filter(users::password_version.eq(version)))
        .set(users::last_login_at.eq(now.as_micros()))
        .returning(users::last_login_at))
        .execute_counting(c))?;
    Ok(recorded == 1)
}
