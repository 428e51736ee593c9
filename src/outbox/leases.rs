//! The messages of a batch that are leased, and whose delivery has not begun.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::{
    channel::{Channel, LEASE, RENEWAL},
    outcomes::Outcomes,
};
use crate::store::{
    StoreError,
    tables::delivery::{ClaimedBatch, DeliveryResult, FinalState},
};

/// The time from a lease to the latest start of its delivery: the lease lasts until its renewal.
const START_WITHIN: Duration = LEASE.saturating_sub(RENEWAL.saturating_mul(2));

/// Leased messages.
pub(super) struct Leases<C: Channel> {
    messages: VecDeque<C::Message>,
    leased_at: Instant,
}

impl<C: Channel> Leases<C> {
    pub(super) fn none() -> Self {
        Self {
            messages: VecDeque::new(),
            leased_at: Instant::now(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Returns when the deliveries must have begun.
    pub(super) fn start_by(&self) -> Instant {
        self.leased_at + START_WITHIN
    }

    /// Returns the next message to deliver.
    pub(super) fn pop(&mut self) -> Option<C::Message> {
        self.messages.pop_front()
    }

    /// Leases up to `limit` due messages. Returns whether further ones may be due.
    pub(super) async fn claim(&mut self, channel: &C, limit: usize) -> Result<bool, StoreError> {
        self.leased_at = Instant::now();
        let state = channel.state();
        let now = state.clock.now();
        let (until, most) = (now.plus(LEASE), i64::try_from(limit).unwrap_or(1));
        let claimed = state
            .database
            .write(move |tx| C::claim(tx, now, until, most));
        let ClaimedBatch {
            messages,
            unreadable,
        } = claimed.await?;
        let has_more = messages.len() + unreadable.len() == limit;
        for error in unreadable {
            let failed = DeliveryResult::Final(FinalState::Failed);
            state.meters.count(failed);
            let event = format!("{}.unreadable", C::PROFILE.name);
            tracing::error!(event, %error, "a message of the outbox cannot be read; it is not sent");
        }
        self.messages.extend(messages);
        Ok(has_more)
    }

    /// Releases every lease, so that the messages are due again.
    pub(super) fn release(&mut self, channel: &C, outcomes: &mut Outcomes<C>) {
        let due_at = channel.state().clock.now();
        while let Some(message) = self.messages.pop_front() {
            let (id, attempts) = C::place(&message);
            outcomes.push(id, DeliveryResult::due(attempts, due_at));
        }
    }
}
