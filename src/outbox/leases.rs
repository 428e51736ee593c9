//! The messages of a batch that are leased, and whose delivery has not begun.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::{
    Outbox,
    delivery::{LEASE, RENEWAL},
    outcomes::Outcomes,
};
use crate::store::{
    StoreError,
    tables::outbox::{self, ClaimedBatch, DeliveryResult, FinalState, OutboxMessage},
};

/// The time from a lease to the latest start of its delivery: the lease lasts until its renewal.
const START_WITHIN: Duration = LEASE.saturating_sub(RENEWAL.saturating_mul(2));

/// Leased messages.
pub(super) struct Leases {
    messages: VecDeque<OutboxMessage>,
    leased_at: Instant,
}

impl Leases {
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
    pub(super) fn pop(&mut self) -> Option<OutboxMessage> {
        self.messages.pop_front()
    }

    /// Leases up to `limit` due messages. Returns whether further ones may be due.
    pub(super) async fn claim(
        &mut self,
        outbox: &Outbox,
        limit: usize,
    ) -> Result<bool, StoreError> {
        self.leased_at = Instant::now();
        let now = outbox.0.clock.now();
        let (until, most) = (now.plus(LEASE), i64::try_from(limit).unwrap_or(1));
        let claimed = outbox
            .0
            .database
            .write(move |tx| outbox::claim(tx, now, until, most));
        let ClaimedBatch {
            messages,
            unreadable,
        } = claimed.await?;
        let has_more = messages.len() + unreadable.len() == limit;
        for error in unreadable {
            let failed = DeliveryResult::Final(FinalState::Failed);
            outbox.0.meters.count(failed);
            tracing::error!(event = "mail.unreadable", %error, "a message of the outbox cannot be read; it is marked as failed");
        }
        self.messages.extend(messages);
        Ok(has_more)
    }

    /// Releases every lease, so that the messages are due again.
    pub(super) fn release(&mut self, outbox: &Outbox, outcomes: &mut Outcomes) {
        let due_at = outbox.0.clock.now();
        while let Some(OutboxMessage { id, attempts, .. }) = self.messages.pop_front() {
            outcomes.push(id, DeliveryResult::Retry { attempts, due_at });
        }
    }
}
