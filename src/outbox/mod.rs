//! The outbox: messages are written in the transaction that they report on, and sent by a worker.

mod challenge_mail;
mod circuit_breaker;
mod codes;
mod delivery;
mod invitation_mail;
mod leases;
mod messages;
mod outcomes;
mod statistics;
mod worker;

use std::{fmt, sync::Arc};

use tokio::sync::Notify;

use crate::{
    clock::Clock, database::Database, domain::credential::secret::Secret, mail::Mailer,
    throttle::MailQuota,
};
use statistics::MailMeters;

pub use challenge_mail::ChallengeMail;
pub use invitation_mail::InvitationMail;
pub use messages::{NewDeviceLogin, OutboxMail, Trigger};
pub use statistics::{MailStatistics, PendingMail};

/// Enqueues messages and sends them. Clones share the queue.
#[derive(Clone)]
pub struct Outbox(Arc<OutboxState>);

struct OutboxState {
    database: Database,
    clock: Clock,
    /// Codes and links are derived from it.
    secret: Secret,
    quota: MailQuota,
    mailer: Option<Mailer>,
    /// Wakes the worker.
    enqueued: Notify,
    meters: MailMeters,
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
        Self(Arc::new(OutboxState {
            database,
            clock,
            secret,
            quota,
            mailer,
            enqueued: Notify::new(),
            meters: MailMeters::default(),
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
        self.0.enqueued.notify_one();
    }
}
