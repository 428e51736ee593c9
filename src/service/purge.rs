//! Removes rows that expired, in batches small enough that nobody waits for them.

use super::{Error, Service};
use crate::{
    domain::timestamp::Timestamp,
    store::{
        StoreError, Tx,
        tables::{
            captcha_uses, challenges, counters, devices, failures, idempotency_keys, mail_requests,
            outbox, pending_sign_ups, sessions,
        },
    },
};

/// Rows removed in one transaction; on a slow disk still well under the time a request would wait.
const BATCH: i64 = 500;

/// Removes up to so many rows of a table that have expired by then; how many.
type Purge = fn(&mut Tx<'_>, Timestamp, i64) -> Result<usize, StoreError>;

const PURGES: [Purge; 10] = [
    sessions::purge_expired,
    idempotency_keys::purge_expired,
    counters::purge_expired,
    failures::purge_expired,
    devices::purge_expired,
    captcha_uses::purge_expired,
    outbox::purge_expired,
    mail_requests::purge_expired,
    challenges::purge_expired,
    pending_sign_ups::purge_expired,
];

impl Service {
    /// Removes every row that has expired; how many. What it removes was invisible already.
    pub async fn purge(&self) -> Result<usize, Error> {
        let now = self.0.clock.now();
        let mut total = 0;
        for purge in PURGES {
            total += self.purge_table(now, purge).await?;
        }
        Ok(total + self.purge_signing_keys(now).await?)
    }

    async fn purge_table(&self, now: Timestamp, purge: Purge) -> Result<usize, Error> {
        let mut total = 0;
        loop {
            let purged = self.write(move |tx| Ok(purge(tx, now, BATCH)?)).await?;
            total += purged;
            if i64::try_from(purged).is_ok_and(|purged| purged < BATCH) {
                return Ok(total);
            }
        }
    }
}
