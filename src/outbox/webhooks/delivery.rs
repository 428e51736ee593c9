//! The delivery of one webhook, and what becomes of its message.

use std::time::Duration;

use super::WebhookOutbox;
use crate::{
    domain::{account::ids::EventId, timestamp::Timestamp},
    outbox::{
        channel::{Delivery, backoff},
        circuit_breaker::Signal,
    },
    store::tables::{
        delivery::{DeliveryResult, FinalState},
        outbox_pauses::{self, ChannelPause},
        webhook_messages::WebhookMessage,
    },
    webhooks::{OutgoingWebhook, WebhookError},
};

/// The backoff after failed attempts. The last pause repeats until the message expires.
const BACKOFF: [Duration; 8] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
    Duration::from_hours(1),
    Duration::from_hours(3),
    Duration::from_hours(6),
];

/// Gone: the receiver wants no webhooks any more (Standard Webhooks 1.0).
const GONE: u16 = 410;

/// The statuses of a response to this message alone: others may be accepted.
const OF_MESSAGE: [u16; 5] = [400, 409, 413, 415, 422];

/// The statuses whose `Retry-After` is the pause of the whole channel.
const OF_LOAD: [u16; 2] = [429, 503];

/// A message whose attempt failed.
#[derive(Clone, Copy)]
struct Attempted {
    id: EventId,
    attempts: i64,
    expires_at: Timestamp,
}

impl WebhookOutbox {
    /// Sends one message, unless it has expired or its event was deleted.
    pub(super) async fn send_due(self, message: WebhookMessage) -> Delivery<EventId> {
        let Some(receiver) = &self.0.receiver else {
            return Delivery::unrecorded();
        };
        let now = self.0.state.clock.now();
        let attempted = Attempted {
            id: message.id,
            attempts: message.attempts,
            expires_at: message.expires_at,
        };
        let id = attempted.id;
        let Some(event) = message.event.filter(|_| message.expires_at > now) else {
            tracing::error!(event = "webhook.expired", message.id = %id, "event expired before the receiver accepted it");
            let expired = DeliveryResult::Final(FinalState::Expired);
            return Delivery::of(id, expired, Signal::None);
        };
        let webhook = OutgoingWebhook {
            id: id.to_string(),
            body: (receiver.body)(event),
        };
        match receiver.sender.send(webhook, now).await {
            Ok(status) => {
                tracing::debug!(event = "webhook.sent", message.id = %id, status, "webhook sent");
                let sent = DeliveryResult::Final(FinalState::Sent);
                Delivery::of(id, sent, Signal::Reachable)
            }
            Err(error) => self.not_sent(attempted, error).await,
        }
    }

    async fn not_sent(&self, message: Attempted, error: WebhookError) -> Delivery<EventId> {
        let Attempted { id, attempts, .. } = message;
        let now = self.0.state.clock.now();
        if let WebhookError::Unreachable(cause) = error {
            let again = DeliveryResult::due(attempts, now);
            return Delivery::of(id, again, Signal::Unreachable(cause));
        }
        let WebhookError::Rejected {
            status,
            retry_after,
        } = error
        else {
            log_delayed(id, &error);
            return Delivery::of(
                id,
                message.later(0, None, now),
                Signal::Doubtful(error.to_string()),
            );
        };
        if status == GONE {
            let signal = self.pause(id, &error, now, None).await;
            return Delivery::of(id, message.gone(now), signal);
        }
        log_delayed(id, &error);
        let busy = retry_after.filter(|pause| OF_LOAD.contains(&status) && !pause.is_zero());
        let signal = match busy {
            Some(pause) => self.pause(id, &error, now, Some(now.plus(pause))).await,
            None if OF_MESSAGE.contains(&status) => Signal::Reachable,
            None => Signal::Doubtful(error.to_string()),
        };
        Delivery::of(id, message.later(status, busy, now), signal)
    }

    /// Pauses the channel at every replica, until a time or until it is resumed. If that fails, the
    /// next response pauses it.
    async fn pause(
        &self,
        id: EventId,
        cause: &WebhookError,
        since: Timestamp,
        until: Option<Timestamp>,
    ) -> Signal {
        let (channel, pause) = (outbox_pauses::WEBHOOK, ChannelPause { since, until });
        let database = &self.0.state.database;
        let paused = database.write(move |tx| outbox_pauses::insert(tx, channel, pause));
        match (paused.await, until) {
            (Ok(true), None) => {
                tracing::error!(event = "webhook.paused", message.id = %id, status = GONE, "the receiver is gone; webhooks are paused until a restart or `daemun webhook resume`");
            }
            (Ok(true), Some(until)) => {
                let seconds = until.since(since).as_secs();
                tracing::warn!(event = "webhook.busy", message.id = %id, seconds, "the receiver asks for a pause; events wait");
            }
            (Ok(false), _) => {}
            (Err(error), _) => {
                tracing::warn!(%error, message.id = %id, "webhooks could not be paused");
                return Signal::Doubtful(cause.to_string());
            }
        }
        Signal::Paused
    }
}

impl Attempted {
    /// The message is due after the backoff, and not before the pause that the receiver asks for.
    fn later(self, status: u16, busy: Option<Duration>, now: Timestamp) -> DeliveryResult {
        let pause = backoff(&BACKOFF, self.attempts);
        let pause = busy.map_or(pause, |busy| busy.max(pause));
        DeliveryResult::Retry {
            attempts: self.attempts.saturating_add(1),
            due_at: now.plus(pause).min(self.expires_at),
            status: Some(status),
        }
    }

    /// The message is due as soon as the channel is resumed.
    const fn gone(self, now: Timestamp) -> DeliveryResult {
        DeliveryResult::Retry {
            attempts: self.attempts.saturating_add(1),
            due_at: now,
            status: Some(GONE),
        }
    }
}

fn log_delayed(id: EventId, cause: &WebhookError) {
    tracing::warn!(event = "webhook.delayed", message.id = %id, %cause, "the receiver did not accept an event; it is retried");
}
