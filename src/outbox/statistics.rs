//! The state of the outbox, for an operator.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::Outbox;
use crate::{
    meter::Counter,
    store::{
        StoreError,
        tables::outbox::{self, DeliveryResult, FinalState, PendingMessages},
    },
};

/// The most pending messages that are counted. Beyond that number, the exact one matters little.
const MOST_COUNTED: i64 = 10_000;

/// The meters of the outbox.
#[derive(Default)]
pub(super) struct MailMeters {
    sent: Counter,
    failed: Counter,
    is_breaker_open: AtomicBool,
    /// The last reading of the database, unless it failed.
    pending: Mutex<Option<PendingMessages>>,
}

/// The messages that are not sent yet.
#[derive(Clone, Copy, Debug)]
pub struct PendingMail {
    /// The number, at most 10,000.
    pub count: u64,
    /// The age of the oldest one.
    pub oldest_age: Option<Duration>,
}

/// The state of the outbox, and what this process has done since its start.
#[derive(Clone, Copy, Debug, Default)]
pub struct MailStatistics {
    /// The messages that are not sent yet, unless the last reading failed.
    pub pending: Option<PendingMail>,
    /// The messages that the mail server accepted.
    pub sent: u64,
    /// The messages that will never be sent.
    pub failed: u64,
    /// `true` while the mail server is unreachable.
    pub is_breaker_open: bool,
}

impl MailMeters {
    /// Counts a message that has ended.
    pub(super) fn count(&self, result: DeliveryResult) {
        match result {
            DeliveryResult::Final(FinalState::Sent) => self.sent.increment(),
            DeliveryResult::Final(FinalState::Failed | FinalState::Expired) => {
                self.failed.increment();
            }
            DeliveryResult::Retry { .. } => {}
        }
    }

    fn pending(&self) -> MutexGuard<'_, Option<PendingMessages>> {
        // One assignment is the only change, so a panic elsewhere leaves a whole value.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_breaker(&self, is_open: bool) {
        self.is_breaker_open.store(is_open, Ordering::Relaxed);
    }
}

impl Outbox {
    /// Reads the number and the age of pending messages for [`Outbox::statistics`].
    pub async fn refresh_statistics(&self) -> Result<(), StoreError> {
        let read = self.0.database.read(|tx| outbox::pending(tx, MOST_COUNTED));
        let (pending, result) = match read.await {
            Ok(pending) => (Some(pending), Ok(())),
            Err(error) => (None, Err(error)),
        };
        *self.0.meters.pending() = pending;
        result
    }

    /// Returns the state of the outbox without reading the database.
    #[must_use]
    pub fn statistics(&self) -> MailStatistics {
        let meters = &self.0.meters;
        let (pending, now) = (*meters.pending(), self.0.clock.now());
        MailStatistics {
            pending: pending.map(|pending| PendingMail {
                count: pending.count,
                oldest_age: pending.oldest.map(|oldest| now.since(oldest)),
            }),
            sent: meters.sent.value(),
            failed: meters.failed.value(),
            is_breaker_open: meters.is_breaker_open.load(Ordering::Relaxed),
        }
    }
}
