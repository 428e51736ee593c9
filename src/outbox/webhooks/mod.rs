//! The channel of webhooks: events that wait for the operator's receiver.

mod delivery;
mod resume;

use std::{
    convert::Infallible,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;

use super::{
    channel::{Channel, ChannelState, Delivery},
    profile::ChannelProfile,
    statistics::ChannelStatistics,
    worker,
};
use crate::{
    clock::Clock,
    database::Database,
    domain::{account::ids::EventId, event::Event, timestamp::Timestamp},
    store::{
        StoreError, Tx,
        tables::{
            delivery::{ClaimedBatch, DeliveryResult, PendingMessages},
            outbox_pauses::{self, ChannelPause},
            webhook_messages::{self, WebhookMessage},
        },
    },
    webhooks::WebhookSender,
};

pub use resume::ResumedWebhooks;

/// The messages that one transaction ends.
const EXPIRED_AT_ONCE: i64 = 500;

/// Sends events to the operator's receiver. Clones share the queue, which the transactions of the
/// events fill.
#[derive(Clone)]
pub struct WebhookOutbox(Arc<WebhookChannel>);

struct WebhookChannel {
    state: ChannelState,
    receiver: Option<WebhookReceiver>,
    /// The last reading of the database.
    is_paused: AtomicBool,
}

/// The receiver, and the form in which it gets events.
pub struct WebhookReceiver {
    /// Sends signed bodies to it.
    pub sender: WebhookSender,
    /// Returns the body of an event.
    pub body: fn(Event) -> Vec<u8>,
}

/// The state of the channel of webhooks, and what this process has done since its start.
#[derive(Clone, Copy, Debug)]
pub struct WebhookStatistics {
    /// The state of the channel.
    pub channel: ChannelStatistics,
    /// `true` after the receiver responded that it is gone.
    pub is_paused: bool,
}

impl fmt::Debug for WebhookOutbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookOutbox")
    }
}

impl WebhookOutbox {
    /// A channel to the receiver, if the operator named one. `enqueued` wakes its worker.
    #[must_use]
    pub fn new(
        database: Database,
        clock: Clock,
        enqueued: Arc<Notify>,
        receiver: Option<WebhookReceiver>,
    ) -> Self {
        Self(Arc::new(WebhookChannel {
            state: ChannelState::new(database, clock, enqueued),
            receiver,
            is_paused: AtomicBool::new(false),
        }))
    }

    /// Returns whether the operator named a receiver.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.0.receiver.is_some()
    }

    /// Sends messages until `stop` completes, then finishes the deliveries in flight. The start
    /// ends a pause of the channel. Returns at once if no receiver is configured.
    pub async fn run_worker(self, stop: impl Future<Output = ()>) {
        if !self.is_enabled() {
            return;
        }
        match self.end_pause().await {
            Ok(Some(_)) => tracing::info!(event = "webhook.resumed", "webhooks are sent again"),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a pause of webhooks could not be ended"),
        }
        let no_requests = async || Ok::<_, Infallible>(0);
        worker::run(self, no_requests, stop).await;
    }

    /// Ends messages that expired while the channel was paused or the receiver away.
    pub async fn expire_overdue(&self) -> Result<(), StoreError> {
        let state = &self.0.state;
        loop {
            let now = state.clock.now();
            let expired = state
                .database
                .write(move |tx| webhook_messages::expire_overdue(tx, now, EXPIRED_AT_ONCE));
            let count = expired.await?;
            if count > 0 {
                state.meters.count_expired(count);
                tracing::error!(
                    event = "webhook.expired",
                    messages = count,
                    "events expired before the receiver accepted them"
                );
            }
            if i64::try_from(count).is_ok_and(|count| count < EXPIRED_AT_ONCE) {
                return Ok(());
            }
        }
    }

    /// Reads what [`WebhookOutbox::statistics`] returns of the database.
    pub async fn refresh_statistics(&self) -> Result<(), StoreError> {
        if !self.is_enabled() {
            return Ok(());
        }
        let now = self.0.state.clock.now();
        let paused = self.0.state.database.read(move |tx| pause(tx, now));
        let is_paused = paused.await?.is_some_and(|pause| pause.until.is_none());
        self.0.is_paused.store(is_paused, Ordering::Relaxed);
        self.0.state.refresh_statistics::<Self>().await
    }

    /// Returns the state of the channel without reading the database, if a receiver is configured.
    #[must_use]
    pub fn statistics(&self) -> Option<WebhookStatistics> {
        self.is_enabled().then(|| WebhookStatistics {
            channel: self.0.state.statistics(),
            is_paused: self.0.is_paused.load(Ordering::Relaxed),
        })
    }
}

fn pause(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<ChannelPause>, StoreError> {
    outbox_pauses::by_channel(tx, outbox_pauses::WEBHOOK, now)
}

impl Channel for WebhookOutbox {
    const PROFILE: ChannelProfile = ChannelProfile {
        name: "webhook",
        receiver: "webhook receiver",
        concurrency: 16,
        batch: 256,
        batching: Duration::from_millis(50),
    };

    type Id = EventId;
    type Message = WebhookMessage;

    fn state(&self) -> &ChannelState {
        &self.0.state
    }

    fn has_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
        webhook_messages::has_due(tx, now)
    }

    fn is_paused(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
        Ok(pause(tx, now)?.is_some())
    }

    fn claim(
        tx: &mut Tx<'_>,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<ClaimedBatch<WebhookMessage>, StoreError> {
        webhook_messages::claim(tx, now, until, limit)
    }

    fn record(tx: &mut Tx<'_>, ended: &[(EventId, DeliveryResult)]) -> Result<(), StoreError> {
        webhook_messages::record(tx, ended)
    }

    fn pending(tx: &mut Tx<'_>, limit: i64) -> Result<PendingMessages, StoreError> {
        webhook_messages::pending(tx, limit)
    }

    fn place(message: &WebhookMessage) -> (EventId, i64) {
        (message.id, message.attempts)
    }

    async fn deliver(self, message: WebhookMessage) -> Delivery<EventId> {
        self.send_due(message).await
    }

    async fn close_idle(&self) {
        // The client closes a connection that is idle for some seconds.
    }
}
