//! The table of used WebAuthn ceremonies. A row is kept until its ceremony would be rejected as
//! expired anyway.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::{
    domain::timestamp::Timestamp,
    store::{
        error::StoreError,
        schema::ceremony_uses,
        tx::{Tx, lock_skip, with_conn},
    },
};

/// Records the use of a ceremony by its digest. Returns whether this is its first use, also among
/// concurrent uses at several replicas.
pub fn insert(
    tx: &mut Tx<'_>,
    digest: &[u8; 32],
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let inserted = with_conn!(tx, c => diesel::insert_into(ceremony_uses::table)
        .values((
            ceremony_uses::digest.eq(&digest[..]),
            ceremony_uses::expires_at.eq(expires_at.as_micros()),
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
        ceremony_uses::table
            .filter(ceremony_uses::expires_at.le(now.as_micros()))
            .limit(limit)
            .select(ceremony_uses::digest)
    )?;
    with_conn!(tx, c => diesel::delete(ceremony_uses::table.filter(ceremony_uses::digest.eq_any(&expired)))
        .execute(c))?;
    Ok(expired.len())
}
