//! The state of the channels of the outbox, for an operator.

use std::time::Duration;

use super::channel::{Channel, ChannelState};
use crate::store::StoreError;

/// The most pending messages that are counted. Beyond that number, the exact one matters little.
const MOST_COUNTED: i64 = 10_000;

/// The messages that are not sent yet.
#[derive(Clone, Copy, Debug)]
pub struct PendingReading {
    /// The number, at most 10,000.
    pub count: u64,
    /// The age of the oldest one.
    pub oldest_age: Option<Duration>,
}

/// The state of a channel, and what this process has done since its start.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChannelStatistics {
    /// The messages that are not sent yet, unless the last reading failed.
    pub pending: Option<PendingReading>,
    /// The messages that the receiver accepted.
    pub sent: u64,
    /// The messages that will never be sent.
    pub failed: u64,
    /// `true` while the receiver is unreachable, or wants no message.
    pub is_breaker_open: bool,
}

impl ChannelState {
    /// Reads the number and the age of pending messages for [`ChannelState::statistics`].
    pub(super) async fn refresh_statistics<C: Channel>(&self) -> Result<(), StoreError> {
        let read = self.database.read(|tx| C::pending(tx, MOST_COUNTED));
        let (pending, result) = match read.await {
            Ok(pending) => (Some(pending), Ok(())),
            Err(error) => (None, Err(error)),
        };
        self.meters.set_pending(pending);
        result
    }

    /// Returns the state of the channel without reading the database.
    pub(super) fn statistics(&self) -> ChannelStatistics {
        let (pending, now) = (self.meters.pending(), self.clock.now());
        ChannelStatistics {
            pending: pending.map(|pending| PendingReading {
                count: pending.count,
                oldest_age: pending.oldest.map(|oldest| now.since(oldest)),
            }),
            sent: self.meters.sent(),
            failed: self.meters.failed(),
            is_breaker_open: self.meters.is_breaker_open(),
        }
    }
}
