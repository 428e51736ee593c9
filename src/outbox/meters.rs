//! The meters of a channel.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use crate::{
    meter::{Counter, reading_of},
    store::tables::delivery::{DeliveryResult, FinalState, PendingMessages},
};

/// The meters of a channel.
#[derive(Default)]
pub(super) struct ChannelMeters {
    sent: Counter,
    failed: Counter,
    is_breaker_open: AtomicBool,
    /// The last reading of the database, unless it failed.
    pending: Mutex<Option<PendingMessages>>,
}

impl ChannelMeters {
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

    /// Counts messages that expired while none was sent.
    pub(super) fn count_expired(&self, messages: usize) {
        self.failed.add(reading_of(messages));
    }

    pub(super) fn sent(&self) -> u64 {
        self.sent.value()
    }

    pub(super) fn failed(&self) -> u64 {
        self.failed.value()
    }

    /// Returns the last reading of the database, unless it failed.
    pub(super) fn pending(&self) -> Option<PendingMessages> {
        *self.lock_pending()
    }

    pub(super) fn set_pending(&self, reading: Option<PendingMessages>) {
        *self.lock_pending() = reading;
    }

    fn lock_pending(&self) -> MutexGuard<'_, Option<PendingMessages>> {
        // One assignment is the only change, so a panic elsewhere leaves a whole value.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_breaker_open(&self) -> bool {
        self.is_breaker_open.load(Ordering::Relaxed)
    }

    pub(super) fn set_breaker(&self, is_open: bool) {
        self.is_breaker_open.store(is_open, Ordering::Relaxed);
    }
}
