//! Removes rows that expired, in batches small enough that nobody waits for them.

use super::{Accounts, Error};
use crate::{
    domain::time::Timestamp,
    store::{StoreError, Tx, counters, idempotency_keys, sessions},
};

/// Rows removed in one transaction; on a slow disk still well under the time a request would wait.
const BATCH: i64 = 500;

impl Accounts {
    /// Removes every row that has expired; how many. What it removes was invisible already.
    pub async fn purge(&self) -> Result<usize, Error> {
        let now = self.0.clock.now();
        Ok(self.purge_table(now, sessions::purge_expired).await?
            + self
                .purge_table(now, idempotency_keys::purge_expired)
                .await?
            + self.purge_table(now, counters::purge_expired).await?)
    }

    async fn purge_table(
        &self,
        now: Timestamp,
        purge: fn(&mut Tx<'_>, Timestamp, i64) -> Result<usize, StoreError>,
    ) -> Result<usize, Error> {
        let mut total = 0;
        loop {
            let purged = self.write(move |tx| purge(tx, now, BATCH)).await?;
            total += purged;
            if i64::try_from(purged).is_ok_and(|purged| purged < BATCH) {
                return Ok(total);
            }
        }
    }
}
