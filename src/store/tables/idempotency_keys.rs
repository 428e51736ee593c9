//! The table of idempotency keys, each with the signup that used it.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::{
    domain::{account::ids::UserId, timestamp::Timestamp},
    store::{
        backend::prepared::prepared,
        error::StoreError,
        schema::idempotency_keys,
        tx::{Tx, lock_skip, with_conn},
    },
};

/// A use of a key, as digests of the key and of its request.
#[derive(Clone, Debug)]
pub struct IdempotencyKeyUse {
    /// SHA-256 of the key.
    pub key_hash: [u8; 32],
    /// SHA-256 of the body without its password.
    pub body_hash: [u8; 32],
}

/// Records that `key` created `user`. A key in use is [`StoreError::Taken`].
pub fn insert(
    tx: &mut Tx<'_>,
    key: &IdempotencyKeyUse,
    user: UserId,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    with_conn!(tx, c => prepared!(diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::key_hash.eq(&key.key_hash[..]),
            idempotency_keys::user_id.eq(user.to_string()),
            idempotency_keys::body_hash.eq(&key.body_hash[..]),
            idempotency_keys::expires_at.eq(expires_at.as_micros()),
        )))
        .execute(c))?;
    Ok(())
}

/// Returns the account that this key created and the digest of the request, until the key expires.
pub fn by_key(
    tx: &mut Tx<'_>,
    key_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<(UserId, Vec<u8>)>, StoreError> {
    let found = with_conn!(tx, c => idempotency_keys::table
        .find(&key_hash[..])
        .filter(idempotency_keys::expires_at.gt(now.as_micros()))
        .select((idempotency_keys::user_id, idempotency_keys::body_hash))
        .get_result::<(String, Vec<u8>)>(c)
        .optional())?;
    found
        .map(|(user, body)| {
            let id = UserId::parse(&user)
                .ok_or_else(|| StoreError::corrupt("idempotency_keys", "user_id", &user))?;
            Ok((id, body))
        })
        .transpose()
}

/// Returns the expiries of the keys that created an account.
pub fn expiries(
    tx: &mut Tx<'_>,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Timestamp>, StoreError> {
    let expiries = with_conn!(tx, c => idempotency_keys::table
        .filter(idempotency_keys::user_id.eq(user.to_string()))
        .filter(idempotency_keys::expires_at.gt(now.as_micros()))
        .select(idempotency_keys::expires_at)
        .load::<i64>(c))?;
    Ok(expiries.into_iter().map(Timestamp::from_micros).collect())
}

/// Deletes one expired key, so that it can be used again before the purge runs.
pub fn delete_expired(
    tx: &mut Tx<'_>,
    key_hash: &[u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::delete(idempotency_keys::table
            .find(&key_hash[..])
            .filter(idempotency_keys::expires_at.le(now.as_micros())))
        .execute(c))?;
    Ok(())
}

/// Deletes up to `limit` expired keys. Returns how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let expired = lock_skip!(
        tx,
        Vec<u8>,
        idempotency_keys::table
            .filter(idempotency_keys::expires_at.le(now.as_micros()))
            .limit(limit)
            .select(idempotency_keys::key_hash)
    )?;
    with_conn!(tx, c => diesel::delete(idempotency_keys::table.filter(idempotency_keys::key_hash.eq_any(&expired)))
        .execute(c))?;
    Ok(expired.len())
}
