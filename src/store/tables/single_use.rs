//! The statements of a table of digests, each of which is accepted once.

/// Declares the statements of a table with the columns `digest` and `expires_at`. A row is kept
/// until what it stands for would be rejected as expired anyway.
macro_rules! single_uses {
    ($table:ident) => {
        use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

        use crate::{
            domain::timestamp::Timestamp,
            store::{
                error::StoreError,
                schema::$table,
                tx::{Tx, lock_skip, with_conn},
            },
        };

        /// Records a use by its digest. Returns whether this is the first use, also among
        /// concurrent uses at several replicas.
        pub fn insert(
            tx: &mut Tx<'_>,
            digest: &[u8; 32],
            expires_at: Timestamp,
        ) -> Result<bool, StoreError> {
            let inserted = with_conn!(tx, c => diesel::insert_into($table::table)
                .values((
                    $table::digest.eq(&digest[..]),
                    $table::expires_at.eq(expires_at.as_micros()),
                ))
                .on_conflict_do_nothing()
                .execute(c))?;
            Ok(inserted == 1)
        }

        /// Deletes up to `limit` expired rows. Returns how many.
        pub fn purge_expired(
            tx: &mut Tx<'_>,
            now: Timestamp,
            limit: i64,
        ) -> Result<usize, StoreError> {
            let expired = lock_skip!(
                tx,
                Vec<u8>,
                $table::table
                    .filter($table::expires_at.le(now.as_micros()))
                    .limit(limit)
                    .select($table::digest)
            )?;
            with_conn!(tx, c => diesel::delete($table::table.filter($table::digest.eq_any(&expired)))
                .execute(c))?;
            Ok(expired.len())
        }
    };
}
pub(super) use single_uses;
