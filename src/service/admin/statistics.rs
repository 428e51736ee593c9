//! The statistics of the mechanisms, for an operator.

use crate::service::{Error, Service};

pub use crate::{
    database::DatabaseStatistics,
    events::EventStatistics,
    outbox::{ChannelStatistics, PendingReading, WebhookStatistics},
    passwords::{GateStatistics, HashStatistics},
};

/// The state of the mechanisms at one moment, and what they have done since the start.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "each field is named after its mechanism")]
pub struct Statistics {
    pub hashing: HashStatistics,
    /// The gate of hashes of other systems.
    pub hash_gate: GateStatistics,
    pub mail: ChannelStatistics,
    /// The channel of webhooks, if a receiver is configured.
    pub webhooks: Option<WebhookStatistics>,
    pub database: DatabaseStatistics,
    pub events: EventStatistics,
    /// The proofs of work that were accepted.
    pub captchas_solved: u64,
}

impl Service {
    /// Returns the statistics. Nothing is read from the database: a database that does not respond
    /// delays no monitoring.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        Statistics {
            hashing: self.passwords.statistics(),
            hash_gate: self.passwords.gate_statistics(),
            mail: self.outbox.statistics(),
            webhooks: self.webhooks.statistics(),
            database: self.database.statistics(),
            events: self.event_meters.statistics(),
            captchas_solved: self.throttle.captchas_solved(),
        }
    }

    /// Reads from the database what [`Service::statistics`] returns.
    pub async fn refresh_statistics(&self) -> Result<(), Error> {
        let mail = self.outbox.refresh_statistics().await;
        let webhooks = self.webhooks.refresh_statistics().await;
        Ok(mail.and(webhooks)?)
    }
}
