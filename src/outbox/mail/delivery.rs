//! The delivery of one message, and what becomes of the message.

use std::{pin::pin, time::Duration};

use tokio::time::sleep;

use super::Outbox;
use crate::{
    domain::account::ids::MessageId,
    mail::{self, ChallengeSecrets, Mailer, SendError, SendErrorKind, Topic},
    outbox::{
        channel::{Delivery, LEASE, RENEWAL, backoff},
        circuit_breaker::Signal,
    },
    store::tables::{
        delivery::{DeliveryResult, FinalState},
        outbox::{self, OutboxMessage},
    },
};

/// The backoff after temporary refusals. The last pause repeats until the message expires.
const BACKOFF: [Duration; 6] = [
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
    Duration::from_hours(1),
];

impl Outbox {
    /// Sends one message, unless it has expired.
    pub(super) async fn send_due(self, message: OutboxMessage) -> Delivery<MessageId> {
        let Some(mailer) = &self.0.mailer else {
            return Delivery::unrecorded();
        };
        let (id, now) = (message.id, self.0.state.clock.now());
        let secrets = self.secrets(&message, mailer, now);
        let Some(secrets) = secrets.filter(|_| message.expires_at > now) else {
            tracing::warn!(event = "mail.expired", message.id = %id, message.kind = message.kind.as_str(), "message expired before it could be sent");
            return Delivery::of(id, DeliveryResult::Final(FinalState::Expired), Signal::None);
        };
        match self.send(mailer, &message, secrets).await {
            Ok(_reply) => {
                tracing::info!(event = "mail.sent", message.id = %id, message.kind = message.kind.as_str(), "message sent");
                Delivery::of(
                    id,
                    DeliveryResult::Final(FinalState::Sent),
                    Signal::Reachable,
                )
            }
            Err(failure) => self.not_sent(&message, &failure),
        }
    }

    /// Sends a message and renews its lease meanwhile.
    async fn send(
        &self,
        mailer: &Mailer,
        message: &OutboxMessage,
        secrets: ChallengeSecrets,
    ) -> Result<String, SendError> {
        let mail = mail::Message {
            id: message.id,
            recipient: &message.recipient,
            language: message.language,
            created_at: message.created_at,
            topic: Topic::Kind {
                kind: message.kind,
                secrets,
                detail: &message.detail,
            },
        };
        let mut sending = pin!(mailer.send(&mail));
        let (id, attempts) = (message.id, message.attempts);
        loop {
            tokio::select! {
                sent = &mut sending => return sent,
                () = sleep(RENEWAL) => {
                    let due_at = self.0.state.clock.now().plus(LEASE);
                    let leased = [(id, DeliveryResult::due(attempts, due_at))];
                    let renewed = self.0.state.database.write(move |tx| outbox::record(tx, &leased));
                    if let Err(error) = renewed.await {
                        tracing::warn!(%error, message.id = %id, "the lease of a slow message could not be renewed");
                    }
                }
            }
        }
    }

    fn not_sent(&self, message: &OutboxMessage, failure: &SendError) -> Delivery<MessageId> {
        let (id, kind, attempts) = (message.id, message.kind.as_str(), message.attempts);
        let now = self.0.state.clock.now();
        let due_at = now.plus(backoff(&BACKOFF, attempts));
        let due_at = due_at.min(message.expires_at);
        let later = DeliveryResult::due(attempts.saturating_add(1), due_at);
        match failure.kind() {
            SendErrorKind::Unreachable => {
                let again = DeliveryResult::due(attempts, now);
                Delivery::of(id, again, Signal::Unreachable(failure.to_string()))
            }
            SendErrorKind::Closing => {
                tracing::warn!(event = "mail.delayed", message.id = %id, message.kind = kind, cause = %failure, "the server closed the connection because of a message");
                Delivery::of(id, later, Signal::Doubtful(failure.to_string()))
            }
            SendErrorKind::Temporary => {
                tracing::warn!(event = "mail.delayed", message.id = %id, message.kind = kind, cause = %failure, "message refused temporarily");
                Delivery::of(id, later, Signal::Reachable)
            }
            SendErrorKind::Permanent => {
                tracing::warn!(event = "mail.refused", message.id = %id, message.kind = kind, cause = %failure, "message refused permanently");
                Delivery::of(
                    id,
                    DeliveryResult::Final(FinalState::Failed),
                    Signal::Reachable,
                )
            }
        }
    }
}
