//! The channel of mail: its messages, and how one is sent.

mod challenge_mail;
mod codes;
mod delivery;
mod first_password_mail;
mod invitation_mail;
mod messages;

use std::{
    fmt::{self, Display},
    sync::Arc,
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
    domain::{account::ids::MessageId, credential::secret::Secret, timestamp::Timestamp},
    mail::Mailer,
    store::{
        StoreError, Tx,
        tables::{
            delivery::{ClaimedBatch, DeliveryResult, PendingMessages},
            outbox::{self, OutboxMessage},
        },
    },
    throttle::MailQuota,
};

pub use challenge_mail::ChallengeMail;
pub use first_password_mail::FirstPasswordMail;
pub use invitation_mail::InvitationMail;
pub use messages::{NewDeviceLogin, OutboxMail, Trigger};

/// Enqueues mail and sends it. Clones share the queue.
#[derive(Clone)]
pub struct Outbox(Arc<MailChannel>);

struct MailChannel {
    state: ChannelState,
    /// Codes and links are derived from it.
    secret: Secret,
    quota: MailQuota,
    mailer: Option<Mailer>,
}

impl fmt::Debug for Outbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Outbox")
    }
}

impl Outbox {
    /// An outbox whose messages the mailer sends. Without a mailer no message is written.
    #[must_use]
    pub fn new(
        database: Database,
        clock: Clock,
        secret: Secret,
        quota: MailQuota,
        mailer: Option<Mailer>,
    ) -> Self {
        Self(Arc::new(MailChannel {
            state: ChannelState::new(database, clock, Arc::new(Notify::new())),
            secret,
            quota,
            mailer,
        }))
    }

    /// Returns whether mail is configured.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.0.mailer.is_some()
    }

    /// Wakes the worker after a message was committed. The worker polls as well: this only saves
    /// its pause.
    pub fn wake(&self) {
        self.0.state.enqueued.notify_one();
    }

    /// Sends messages until `stop` completes, then finishes the deliveries in flight. Returns at
    /// once if mail is not configured. `resolve` turns requests for mail into messages, and
    /// returns the number of requests.
    pub async fn run_worker<E: Display>(
        self,
        resolve: impl AsyncFn() -> Result<usize, E>,
        stop: impl Future<Output = ()>,
    ) {
        if self.is_enabled() {
            worker::run(self, resolve, stop).await;
        }
    }

    /// Reads the number and the age of pending messages for [`Outbox::statistics`].
    pub async fn refresh_statistics(&self) -> Result<(), StoreError> {
        self.0.state.refresh_statistics::<Self>().await
    }

    /// Returns the state of the channel without reading the database.
    #[must_use]
    pub fn statistics(&self) -> ChannelStatistics {
        self.0.state.statistics()
    }
}

impl Channel for Outbox {
    const PROFILE: ChannelProfile = ChannelProfile {
        name: "mail",
        receiver: "mail server",
        concurrency: 4,
        batch: 32,
        batching: Duration::from_millis(200),
    };

    type Id = MessageId;
    type Message = OutboxMessage;

    fn state(&self) -> &ChannelState {
        &self.0.state
    }

    fn has_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
        outbox::has_due(tx, now)
    }

    fn claim(
        tx: &mut Tx<'_>,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<ClaimedBatch<OutboxMessage>, StoreError> {
        outbox::claim(tx, now, until, limit)
    }

    fn record(tx: &mut Tx<'_>, ended: &[(MessageId, DeliveryResult)]) -> Result<(), StoreError> {
        outbox::record(tx, ended)
    }

    fn pending(tx: &mut Tx<'_>, limit: i64) -> Result<PendingMessages, StoreError> {
        outbox::pending(tx, limit)
    }

    fn place(message: &OutboxMessage) -> (MessageId, i64) {
        (message.id, message.attempts)
    }

    async fn deliver(self, message: OutboxMessage) -> Delivery<MessageId> {
        self.send_due(message).await
    }

    async fn close_idle(&self) {
        if let Some(mailer) = &self.0.mailer {
            mailer.close_idle().await;
        }
    }
}
