//! Deletes expired rows in batches that no request has to wait for.

use crate::{
    domain::timestamp::Timestamp,
    service::{Error, Service},
    store::{
        StoreError, Tx,
        tables::{
            captcha_uses, ceremony_uses, challenges, counters, devices, events, failures,
            idempotency_keys, invitations, mail_requests, outbox, pending_sign_ups,
            second_factor_challenges, sessions, totp_secrets, webhook_messages,
        },
    },
};

/// Rows deleted in one transaction. Even on a slow disk, a request does not time out meanwhile.
const BATCH: i64 = 500;

/// Deletes up to so many expired rows of a table, and returns their number.
type Purge = fn(&mut Tx<'_>, Timestamp, i64) -> Result<usize, StoreError>;

const PURGES: [Purge; 15] = [
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
    invitations::purge_expired,
    second_factor_challenges::purge_expired,
    ceremony_uses::purge_expired,
    totp_secrets::purge_expired,
    webhook_messages::purge_expired,
];

impl Service {
    /// Deletes every expired row, and returns their number. Expired rows are invisible before too.
    /// Webhooks that were not sent in time are kept as expired for a week.
    pub async fn purge(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        let mut total = 0;
        for purge in PURGES {
            total += self.purge_table(now, purge).await?;
        }
        let oldest = now.minus(self.policy.event_retention);
        total += self.purge_table(oldest, events::purge_before).await?;
        self.webhooks.expire_overdue().await?;
        self.throttle.count_rolled_up().await?;
        Ok(total + self.tokens.purge(now).await?)
    }

    async fn purge_table(&self, now: Timestamp, purge: Purge) -> Result<usize, Error> {
        let mut total = 0;
        loop {
            let purged = self.database.write(move |tx| purge(tx, now, BATCH)).await?;
            total += purged;
            if i64::try_from(purged).is_ok_and(|purged| purged < BATCH) {
                return Ok(total);
            }
        }
    }
}
