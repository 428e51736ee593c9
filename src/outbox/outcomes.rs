//! Outcomes of deliveries, recorded in the database together.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::channel::{Channel, RENEWAL};
use crate::{database::Database, store::tables::delivery::DeliveryResult};

/// The time that outcomes stay unrecorded while other messages are in delivery. After a crash
/// within that time, the messages are sent again.
const DELAY: Duration = Duration::from_millis(50);

/// The number of tries of a stopping worker to record outcomes, and the pause between them.
const TRIES: u32 = 12;
const PAUSE: Duration = Duration::from_secs(5);

/// Outcomes that are not recorded yet.
pub(super) struct Outcomes<C: Channel> {
    database: Database,
    ended: Vec<(Instant, C::Id, DeliveryResult)>,
    flush_at: Instant,
}

impl<C: Channel> Outcomes<C> {
    pub(super) fn new(database: Database) -> Self {
        Self {
            database,
            ended: Vec::new(),
            flush_at: Instant::now(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ended.is_empty()
    }

    /// Returns when the outcomes are due to be recorded.
    pub(super) const fn flush_at(&self) -> Instant {
        self.flush_at
    }

    /// Adds an outcome, which is recorded after a short delay together with others.
    pub(super) fn push(&mut self, id: C::Id, ending: DeliveryResult) {
        let now = Instant::now();
        if self.ended.is_empty() {
            self.flush_at = now + DELAY;
        }
        self.ended.push((now, id, ending));
    }

    /// Makes the outcomes due now.
    pub(super) fn hurry(&mut self) {
        self.flush_at = Instant::now();
    }

    /// Records the outcomes. What cannot be written is retried, except for messages to be sent
    /// again: their lease may have passed to another replica by then.
    pub(super) async fn flush(&mut self) {
        self.ended.retain(|(since, _, ending)| {
            matches!(ending, DeliveryResult::Final(_)) || since.elapsed() < RENEWAL
        });
        if self.ended.is_empty() {
            return;
        }
        let ended: Vec<_> = self.ended.iter().map(|&(_, id, end)| (id, end)).collect();
        let recorded = self.database.write(move |tx| C::record(tx, &ended));
        match recorded.await {
            Ok(()) => self.ended.clear(),
            Err(error) => {
                self.flush_at = Instant::now() + PAUSE;
                tracing::warn!(%error, "the outcome of a message could not be recorded; it is retried");
            }
        }
    }

    /// Records the outcomes before a stop, and waits for a database that is away for a short time.
    pub(super) async fn flush_all(&mut self) {
        for _try in 0..TRIES {
            if self.ended.is_empty() {
                break;
            }
            self.flush().await;
            if !self.ended.is_empty() {
                sleep(PAUSE).await;
            }
        }
    }
}
