//! The outbox: messages are written in the transaction that they report on, and sent by a worker.

mod channel;
mod circuit_breaker;
mod leases;
mod mail;
mod meters;
mod outcomes;
mod profile;
mod statistics;
mod webhooks;
mod worker;

pub use mail::{
    ChallengeMail, FirstPasswordMail, InvitationMail, NewDeviceLogin, Outbox, OutboxMail, Trigger,
};
pub use statistics::{ChannelStatistics, PendingReading};
pub use webhooks::{ResumedWebhooks, WebhookOutbox, WebhookReceiver, WebhookStatistics};
