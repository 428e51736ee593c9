//! Deletes sessions: revoked, replaced or expired.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::{
    domain::{
        account::ids::{SessionId, UserId},
        credential::token::TokenHash,
        timestamp::Timestamp,
    },
    store::{
        error::StoreError,
        schema::sessions,
        tx::{Tx, lock_skip, with_conn},
    },
};

/// Deletes the sessions with these ids.
pub(super) fn delete_all(tx: &mut Tx<'_>, ids: &[String]) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::delete(sessions::table.filter(sessions::id.eq_any(ids)))
        .execute(c))?;
    Ok(())
}

/// Deletes one active session of an account. Returns whether it existed.
pub fn delete(
    tx: &mut Tx<'_>,
    user: UserId,
    id: SessionId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let deleted = with_conn!(tx, c => diesel::delete(sessions::table
            .find(id.to_string())
            .filter(sessions::user_id.eq(user.to_string()))
            .filter(sessions::expires_at.gt(now.as_micros())))
        .execute(c))?;
    Ok(deleted == 1)
}

/// Deletes the session with this token, of any account. Returns the account and the session if it
/// was active at `now`.
pub fn delete_by_token(
    tx: &mut Tx<'_>,
    token: &TokenHash,
    now: Timestamp,
) -> Result<Option<(UserId, SessionId)>, StoreError> {
    let deleted = with_conn!(tx, c => diesel::delete(sessions::table
            .filter(sessions::token_hash.eq(token.as_bytes())))
        .returning((sessions::user_id, sessions::id, sessions::expires_at))
        .get_result::<(String, String, i64)>(c)
        .optional())?;
    let Some((user, id, expires_at)) = deleted else {
        return Ok(None);
    };
    let parsed = UserId::parse(&user).zip(SessionId::parse(&id));
    let found = parsed.ok_or_else(|| StoreError::corrupt("sessions", "user_id", &id))?;
    Ok(Some(found).filter(|_| expires_at > now.as_micros()))
}

/// Deletes every session of an account except `kept`. Returns how many.
pub fn delete_others(
    tx: &mut Tx<'_>,
    user: UserId,
    kept: Option<SessionId>,
) -> Result<usize, StoreError> {
    let kept = kept.map(|id| id.to_string()).unwrap_or_default();
    let deleted = with_conn!(tx, c => diesel::delete(sessions::table
            .filter(sessions::user_id.eq(user.to_string()))
            .filter(sessions::id.ne(&kept)))
        .execute(c))?;
    Ok(deleted)
}

/// Deletes up to `limit` expired sessions. Returns how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let expired = lock_skip!(
        tx,
        String,
        sessions::table
            .filter(sessions::expires_at.le(now.as_micros()))
            .limit(limit)
            .select(sessions::id)
    )?;
    delete_all(tx, &expired)?;
    Ok(expired.len())
}
