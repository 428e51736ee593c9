//! The emails in the table of accounts.

use std::collections::HashSet;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::{
    domain::{
        account::{
            email::{Email, EmailKey},
            ids::UserId,
        },
        timestamp::Timestamp,
    },
    store::{
        error::StoreError,
        schema::users,
        tx::{Tx, with_conn},
    },
};

/// Returns which of these mailboxes belong to accounts.
pub fn registered_mailboxes(
    tx: &mut Tx<'_>,
    mailboxes: &[&str],
) -> Result<HashSet<String>, StoreError> {
    let known = with_conn!(tx, c => users::table
        .filter(users::email_key.eq_any(mailboxes))
        .select(users::email_key)
        .load::<String>(c))?;
    Ok(known.into_iter().collect())
}

/// Marks the email of an account as verified if it is still `mailbox`. Returns whether it is.
pub fn verify_email(
    tx: &mut Tx<'_>,
    id: UserId,
    mailbox: &EmailKey,
    now: Timestamp,
) -> Result<bool, StoreError> {
    set_email_verified(tx, id, mailbox, true, now)
}

/// Marks the email of an account as verified or not, if it is still `mailbox`. Returns whether it
/// is.
pub fn set_email_verified(
    tx: &mut Tx<'_>,
    id: UserId,
    mailbox: &EmailKey,
    is_verified: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(
            users::table.find(id.to_string()).filter(users::email_key.eq(mailbox.as_str())))
        .set((
            users::email_verified.eq(is_verified),
            users::updated_at.eq(now.as_micros()),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// Changes the email of an account, to a verified one or one that is not. Returns whether the
/// account exists.
pub fn set_email(
    tx: &mut Tx<'_>,
    id: UserId,
    email: &Email,
    is_verified: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = with_conn!(tx, c => diesel::update(users::table.find(id.to_string()))
        .set((
            users::email.eq(email.as_str()),
            users::email_key.eq(email.key().as_str()),
            users::email_verified.eq(is_verified),
            users::updated_at.eq(now.as_micros()),
        ))
        .execute(c))?;
    Ok(changed == 1)
}
