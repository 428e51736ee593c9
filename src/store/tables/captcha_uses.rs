//! The table of used proofs of work. A row is kept until its proof would be rejected as expired
//! anyway.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::{
    domain::timestamp::Timestamp,
    store::{
        error::StoreError,
        schema::captcha_uses,
        tx::{Tx, lock_skip, with_conn},
    },
};

/// Records the use of a proof by its digest. Returns whether this is its first use, also among
/// concurrent uses at several replicas.
pub fn insert(
    tx: &mut Tx<'_>,
    digest: &[u8; 32],
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let inserted = with_conn!(tx, c => diesel::insert_into(captcha_uses::table)
        .values((
            captcha_uses::digest.eq(&digest[..]),
            captcha_uses::expires_at.eq(expires_at.as_micros()),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// Deletes up to `limit` expired rows. Returns how many.
pub fn purge_expired(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let expired = lock_skip!(
        tx,
        Vec<u8>,
        captcha_uses::table
            .filter(captcha_uses::expires_at.le(now.as_micros()))
            .limit(limit)
            .select(captcha_uses::digest)
    )?;
    with_conn!(tx, c => diesel::delete(captcha_uses::table.filter(captcha_uses::digest.eq_any(&expired)))
        .execute(c))?;
    Ok(expired.len())
}
