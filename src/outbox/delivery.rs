//! The delivery of one message, and what becomes of the message.

use std::{pin::pin, time::Duration};

use tokio::time::sleep;

use super::{Outbox, circuit_breaker::Signal};
use crate::{
    domain::account::ids::MessageId,
    mail::{self, ChallengeSecrets, Mailer, SendError, SendErrorKind, Topic},
    store::tables::outbox::{self, DeliveryResult, FinalState, OutboxMessage},
};

/// The lease of a message, and how often it is renewed while a server is slow. After a crash the
/// next process sends the message when the lease ends.
pub(super) const LEASE: Duration = Duration::from_secs(30);
pub(super) const RENEWAL: Duration = Duration::from_secs(10);

/// The backoff after temporary refusals. The last pause repeats until the message expires.
const BACKOFF: [Duration; 6] = [
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
    Duration::from_hours(1),
];

/// The outcome of a delivery.
pub(super) struct Delivery {
    /// The result to record, by message. `None` leaves the message to the end of its lease.
    pub(super) ended: Option<(MessageId, DeliveryResult)>,
    /// The state of the mail server.
    pub(super) signal: Signal,
}

impl Outbox {
    /// Sends one message, unless it has expired.
    pub(super) async fn deliver(self, message: OutboxMessage) -> Delivery {
        let Some(mailer) = &self.0.mailer else {
            return Delivery::unrecorded();
        };
        let (id, now) = (message.id, self.0.clock.now());
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
            Err(failure) => self.not_sent(&message, failure),
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
                    let due_at = self.0.clock.now().plus(LEASE);
                    let leased = [(id, DeliveryResult::Retry { attempts, due_at })];
                    let renewed = self.0.database.write(move |tx| outbox::record(tx, &leased));
                    if let Err(error) = renewed.await {
                        tracing::warn!(%error, message.id = %id, "the lease of a slow message could not be renewed");
                    }
                }
            }
        }
    }

    fn not_sent(&self, message: &OutboxMessage, failure: SendError) -> Delivery {
        let (id, kind, attempts) = (message.id, message.kind.as_str(), message.attempts);
        let now = self.0.clock.now();
        let later = DeliveryResult::Retry {
            attempts: attempts.saturating_add(1),
            due_at: now.plus(backoff(attempts)).min(message.expires_at),
        };
        match failure.kind() {
            SendErrorKind::Unreachable => {
                let again = DeliveryResult::Retry {
                    attempts,
                    due_at: now,
                };
                Delivery::of(id, again, Signal::Unreachable(failure))
            }
            SendErrorKind::Closing => {
                tracing::warn!(event = "mail.delayed", message.id = %id, message.kind = kind, cause = %failure, "the server closed the connection because of a message");
                Delivery::of(id, later, Signal::Doubtful(failure))
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

impl Delivery {
    const fn of(id: MessageId, ending: DeliveryResult, signal: Signal) -> Self {
        Self {
            ended: Some((id, ending)),
            signal,
        }
    }

    const fn unrecorded() -> Self {
        Self {
            ended: None,
            signal: Signal::None,
        }
    }
}

/// Returns the pause after one more temporary refusal.
fn backoff(attempts: i64) -> Duration {
    let place = usize::try_from(attempts).unwrap_or(0);
    let last = BACKOFF.len() - 1;
    BACKOFF.get(place.min(last)).copied().unwrap_or_default()
}
