//! The table of signups whose email is not verified yet. A row that exists and has not expired is
//! unused. Several signups of one mailbox may be pending, because an attacker's must not replace
//! the owner's.

mod reservations;

use std::collections::HashSet;

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};

use crate::{
    domain::{
        account::{
            display_name::DisplayName,
            email::{Email, EmailKey},
            ids::{ChallengeId, InvitationId},
            pending_sign_up::PendingSignUp,
            username::{Username, UsernameKey},
        },
        credential::challenge::ChallengeLifetime,
        json_object::JsonObject,
        timestamp::Timestamp,
    },
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::pending_sign_ups,
        tx::{Tx, lock_skip, with_conn},
    },
};

pub use reservations::{
    lock_all_usernames, lock_username, lock_usernames, reserved_usernames, reserved_uses,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = pending_sign_ups)]
struct Row {
    id: String,
    username: String,
    username_key: String,
    email: String,
    email_key: String,
    password_hash: String,
    display_name: Option<String>,
    profile: String,
    invitation_id: String,
}

#[derive(Insertable)]
#[diesel(table_name = pending_sign_ups, treat_none_as_default_value = false)]
struct NewPendingSignUpRow<'a> {
    id: String,
    username: &'a str,
    username_key: &'a str,
    email: &'a str,
    email_key: &'a str,
    password_hash: &'a str,
    tries_left: i64,
    code_expires_at: i64,
    expires_at: i64,
    display_name: Option<String>,
    profile: &'a str,
    invitation_id: String,
}

impl TryFrom<Row> for PendingSignUp {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = ChallengeId::parse(&row.id)
            .ok_or_else(|| StoreError::corrupt("pending_sign_ups", "id", &row.id))?;
        let invitation = match row.invitation_id.as_str() {
            "" => None,
            text => Some(InvitationId::parse(text).ok_or_else(|| {
                StoreError::corrupt("pending_sign_ups", "invitation_id", &row.id)
            })?),
        };
        Ok(Self {
            id,
            username: Username::from_stored(row.username, row.username_key),
            email: Email::from_stored(row.email, row.email_key),
            password_hash: row.password_hash,
            display_name: row.display_name.map(DisplayName::from_stored),
            profile: JsonObject::from_stored(row.profile),
            invitation,
        })
    }
}

/// Inserts a pending signup.
pub fn insert(
    tx: &mut Tx<'_>,
    new: &PendingSignUp,
    life: &ChallengeLifetime,
) -> Result<(), StoreError> {
    let row = NewPendingSignUpRow {
        id: new.id.to_string(),
        username: new.username.as_str(),
        username_key: new.username.key().as_str(),
        email: new.email.as_str(),
        email_key: new.email.key().as_str(),
        password_hash: &new.password_hash,
        tries_left: life.tries_left,
        code_expires_at: life.code_expires_at.as_micros(),
        expires_at: life.expires_at.as_micros(),
        display_name: new
            .display_name
            .as_ref()
            .map(|name| name.as_str().to_owned()),
        profile: new.profile.as_str(),
        invitation_id: new.invitation.map(|id| id.to_string()).unwrap_or_default(),
    };
    with_conn!(tx, c => prepared!(diesel::insert_into(pending_sign_ups::table).values(&row)).execute(c))?;
    Ok(())
}

/// Returns the signup with this id, while its token is valid.
pub fn by_id(
    tx: &mut Tx<'_>,
    id: ChallengeId,
    now: Timestamp,
) -> Result<Option<PendingSignUp>, StoreError> {
    with_conn!(tx, c => pending_sign_ups::table
        .find(id.to_string())
        .filter(pending_sign_ups::expires_at.gt(now.as_micros()))
        .select(Row::as_select())
        .get_result(c)
        .optional())?
    .map(PendingSignUp::try_from)
    .transpose()
}

/// Returns the newest pending signup with this username.
pub fn newest_by_username(
    tx: &mut Tx<'_>,
    name: &UsernameKey,
    now: Timestamp,
) -> Result<Option<PendingSignUp>, StoreError> {
    with_conn!(tx, c => pending_sign_ups::table
        .filter(pending_sign_ups::username_key.eq(name.as_str()))
        .filter(pending_sign_ups::expires_at.gt(now.as_micros()))
        .order(pending_sign_ups::id.desc())
        .select(Row::as_select())
        .first(c)
        .optional())?
    .map(PendingSignUp::try_from)
    .transpose()
}

/// Returns the newest pending signup with this mailbox, and its expiry.
pub fn newest_by_mailbox(
    tx: &mut Tx<'_>,
    mailbox: &EmailKey,
    now: Timestamp,
) -> Result<Option<(PendingSignUp, Timestamp)>, StoreError> {
    with_conn!(tx, c => pending_sign_ups::table
        .filter(pending_sign_ups::email_key.eq(mailbox.as_str()))
        .filter(pending_sign_ups::expires_at.gt(now.as_micros()))
        .order(pending_sign_ups::id.desc())
        .select((Row::as_select(), pending_sign_ups::expires_at))
        .first::<(Row, i64)>(c)
        .optional())?
    .map(|(row, expires_at)| Ok((row.try_into()?, Timestamp::from_micros(expires_at))))
    .transpose()
}

/// Returns which of these mailboxes have a pending signup.
pub fn pending_mailboxes(
    tx: &mut Tx<'_>,
    mailboxes: &[&str],
) -> Result<HashSet<String>, StoreError> {
    let known = with_conn!(tx, c => pending_sign_ups::table
        .filter(pending_sign_ups::email_key.eq_any(mailboxes))
        .select(pending_sign_ups::email_key)
        .load::<String>(c))?;
    Ok(known.into_iter().collect())
}

/// Returns the number of stored signups.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(with_conn!(tx, c => pending_sign_ups::table.count().get_result(c))?)
}

/// Consumes one attempt of each code that was sent to this mailbox and has attempts left. Returns
/// their signups.
pub fn try_codes_of_mailbox(
    tx: &mut Tx<'_>,
    mailbox: &EmailKey,
    now: Timestamp,
) -> Result<Vec<PendingSignUp>, StoreError> {
    let tried = with_conn!(tx, c => diesel::update(pending_sign_ups::table
            .filter(pending_sign_ups::email_key.eq(mailbox.as_str()))
            .filter(pending_sign_ups::tries_left.gt(0))
            .filter(pending_sign_ups::code_expires_at.gt(now.as_micros())))
        .set(pending_sign_ups::tries_left.eq(pending_sign_ups::tries_left - 1))
        .returning(Row::as_returning())
        .load(c))?;
    tried.into_iter().map(PendingSignUp::try_from).collect()
}

/// Consumes a signup with all its repeats, which have the same username. Returns whether it existed
/// and its token was valid. One statement deletes all rows, so that it locks them in the same order
/// as an attempt at their codes.
pub fn consume(tx: &mut Tx<'_>, taken: &PendingSignUp, now: Timestamp) -> Result<bool, StoreError> {
    let removed = with_conn!(tx, c => diesel::delete(pending_sign_ups::table
            .filter(pending_sign_ups::username_key.eq(taken.username.key().as_str()))
            .filter(pending_sign_ups::email_key.eq(taken.email.key().as_str())))
        .returning((pending_sign_ups::id, pending_sign_ups::expires_at))
        .load::<(String, i64)>(c))?;
    let id = taken.id.to_string();
    Ok(removed
        .iter()
        .any(|(removed, expires_at)| *removed == id && *expires_at > now.as_micros()))
}

/// Deletes up to `limit` expired signups. Returns how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let expired = lock_skip!(
        tx,
        String,
        pending_sign_ups::table
            .filter(pending_sign_ups::expires_at.le(now.as_micros()))
            .limit(limit)
            .select(pending_sign_ups::id)
    )?;
    with_conn!(tx, c => diesel::delete(pending_sign_ups::table.filter(pending_sign_ups::id.eq_any(&expired)))
        .execute(c))?;
    Ok(expired.len())
}
