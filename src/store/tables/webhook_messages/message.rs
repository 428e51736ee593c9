//! The messages of the webhook.

use std::time::Duration;

use crate::domain::{account::ids::EventId, event::Event, timestamp::Timestamp};

/// The time for which a message is retried.
pub const LIFE: Duration = Duration::from_hours(72);

/// A message that a worker has claimed.
#[derive(Clone)]
pub struct WebhookMessage {
    /// The id of the event and of the message.
    pub id: EventId,
    /// The event as it is stored now, or `None` if it was deleted.
    pub event: Option<Event>,
    /// Attempts that failed.
    pub attempts: i64,
    /// The time from which it is not sent any more.
    pub expires_at: Timestamp,
}

/// A message as an operator sees it.
#[derive(Clone, Debug)]
pub struct QueuedWebhook {
    /// The id of the event and of the message.
    pub id: EventId,
    /// The type of the event, unless it was deleted.
    pub event_type: Option<String>,
    /// `true` if it is not sent any more.
    pub is_expired: bool,
    /// Attempts that failed.
    pub attempts: i64,
    /// The status of the last response, if there was one.
    pub last_status: Option<i64>,
    /// The time from which it is due.
    pub due_at: Timestamp,
    /// The time from which it is not sent any more.
    pub expires_at: Timestamp,
}
