//! A channel of the outbox: a queue in the database, and the delivery of its messages.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::{circuit_breaker::Signal, meters::ChannelMeters, profile::ChannelProfile};
use crate::{
    clock::Clock,
    database::Database,
    domain::timestamp::Timestamp,
    store::{
        StoreError, Tx,
        tables::delivery::{ClaimedBatch, DeliveryResult, PendingMessages},
    },
};

/// The lease of a message, and how often it is renewed while a server is slow. After a crash the
/// next process sends the message when the lease ends.
pub(super) const LEASE: Duration = Duration::from_secs(30);
pub(super) const RENEWAL: Duration = Duration::from_secs(10);

/// The parts of a channel that the worker uses. Clones share them.
#[derive(Clone)]
pub(super) struct ChannelState {
    pub(super) database: Database,
    pub(super) clock: Clock,
    /// Wakes the worker.
    pub(super) enqueued: Arc<Notify>,
    pub(super) meters: Arc<ChannelMeters>,
}

/// The outcome of a delivery.
pub(super) struct Delivery<Id> {
    /// The result to record, by message. `None` leaves the message to the end of its lease.
    pub(super) ended: Option<(Id, DeliveryResult)>,
    /// The state of the receiver.
    pub(super) signal: Signal,
}

/// A channel of the outbox. Clones share its queue.
pub(super) trait Channel: Clone + Send + Sync + 'static {
    /// The names and the load.
    const PROFILE: ChannelProfile;

    /// The id of a message, which stays the same for every attempt.
    type Id: Copy + Send + Sync + 'static;

    /// A message that a worker has claimed.
    type Message: Send + Sync + 'static;

    /// Returns the parts that the worker uses.
    fn state(&self) -> &ChannelState;

    /// Returns whether a message is due.
    fn has_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError>;

    /// Returns whether the channel is paused.
    fn is_paused(_tx: &mut Tx<'_>, _now: Timestamp) -> Result<bool, StoreError> {
        Ok(false)
    }

    /// Leases up to `limit` due messages until `until`.
    fn claim(
        tx: &mut Tx<'_>,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<ClaimedBatch<Self::Message>, StoreError>;

    /// Records the results of claimed messages.
    fn record(tx: &mut Tx<'_>, ended: &[(Self::Id, DeliveryResult)]) -> Result<(), StoreError>;

    /// Returns the number of messages that are to be sent, at most `limit`.
    fn pending(tx: &mut Tx<'_>, limit: i64) -> Result<PendingMessages, StoreError>;

    /// Returns the id of a message and its failed attempts.
    fn place(message: &Self::Message) -> (Self::Id, i64);

    /// Sends one message, unless it has expired.
    fn deliver(
        self,
        message: Self::Message,
    ) -> impl Future<Output = Delivery<Self::Id>> + Send + 'static;

    /// Closes the connections that no message uses.
    fn close_idle(&self) -> impl Future<Output = ()>;
}

impl ChannelState {
    pub(super) fn new(database: Database, clock: Clock, enqueued: Arc<Notify>) -> Self {
        Self {
            database,
            clock,
            enqueued,
            meters: Arc::new(ChannelMeters::default()),
        }
    }
}

impl<Id> Delivery<Id> {
    pub(super) const fn of(id: Id, ending: DeliveryResult, signal: Signal) -> Self {
        Self {
            ended: Some((id, ending)),
            signal,
        }
    }

    pub(super) const fn unrecorded() -> Self {
        Self {
            ended: None,
            signal: Signal::None,
        }
    }
}

/// Returns the pause after one more failed attempt. The last pause repeats.
pub(super) fn backoff(pauses: &[Duration], attempts: i64) -> Duration {
    let place = usize::try_from(attempts).unwrap_or(0);
    let pause = pauses.get(place).or(pauses.last());
    pause.copied().unwrap_or_default()
}
