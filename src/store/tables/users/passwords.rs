//! The passwords in the table of accounts.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::{
    domain::{
        account::{email::EmailKey, ids::UserId},
        timestamp::Timestamp,
    },
    store::{
        error::StoreError,
        schema::users,
        tx::{Tx, with_conn},
    },
};

/// Replaces the hash of an unchanged password if the stored one is still `old`. Returns whether it
/// was.
pub fn renew_password_hash(
    tx: &mut Tx<'_>,
    id: UserId,
    old: &str,
    new: &str,
) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(
            users::table.find(id.to_string()).filter(users::password_hash.eq(old)))
        .set(users::password_hash.eq(new))
        .execute(c))?;
    Ok(changed == 1)
}

/// Replaces a password if its version is still `version`, so that a concurrent change is never
/// undone. Returns whether it was.
pub fn change_password(
    tx: &mut Tx<'_>,
    id: UserId,
    version: i64,
    new_hash: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(
            users::table.find(id.to_string()).filter(users::password_version.eq(version)))
        .set((
            users::password_hash.eq(new_hash),
            users::password_version.eq(users::password_version + 1),
            users::updated_at.eq(now.as_micros()),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// Replaces a password unconditionally. Returns whether the account exists.
pub fn set_password(
    tx: &mut Tx<'_>,
    id: UserId,
    new_hash: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(users::table.find(id.to_string()))
        .set((
            users::password_hash.eq(new_hash),
            users::password_version.eq(users::password_version + 1),
            users::updated_at.eq(now.as_micros()),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// Replaces a password and marks the email as verified, if the email is still `mailbox`. Returns
/// whether it is.
pub fn reset_password(
    tx: &mut Tx<'_>,
    id: UserId,
    mailbox: &EmailKey,
    new_hash: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(
            users::table.find(id.to_string()).filter(users::email_key.eq(mailbox.as_str())))
        .set((
            users::password_hash.eq(new_hash),
            users::password_version.eq(users::password_version + 1),
            users::updated_at.eq(now.as_micros()),
            users::email_verified.eq(true),
        ))
        .execute(c))?;
    Ok(changed == 1)
}
