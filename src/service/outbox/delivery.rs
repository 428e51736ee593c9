//! Sends one message of the outbox, and judges what becomes of it; it must not know when messages are taken, nor their words.

use std::{pin::pin, time::Duration};

use tokio::time::sleep;

use super::circuit_breaker::Sign;
use crate::{
    domain::{
        account::ids::MessageId,
        credential::challenge::{self, CODE_LIFE},
        timestamp::Timestamp,
    },
    mail::{ChallengeSecrets, Mailer, SendError, SendErrorKind, Topic},
    service::Service,
    store::tables::outbox::{self, DeliveryResult, FinalState, OutboxMessage},
};

/// How long a message belongs to who took it, and how often that is renewed while a server thinks about it. What a process died
/// with is sent by the next one after this long.
pub(crate) const LEASE: Duration = Duration::from_secs(30);
pub(crate) const RENEWAL: Duration = Duration::from_secs(10);

/// Waits after a server refused a message for now; the last one over and over, until it is no longer worth sending.
const BACK_OFF: [Duration; 6] = [
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
    Duration::from_hours(1),
];

/// What became of a message on its way.
pub(crate) struct Delivery {
    /// What is to be written down of which message, unless it is already, or a later look at it will tell.
    pub(crate) ended: Option<(MessageId, DeliveryResult)>,
    /// What it told of the way out.
    pub(crate) sign: Sign,
}

impl Service {
    /// Sends one message, if it is still of use.
    pub(crate) async fn deliver(self, message: OutboxMessage) -> Delivery {
        let Some(mailer) = &self.0.mailer else {
            return Delivery::unnoted();
        };
        let (id, now) = (message.id, self.0.clock.now());
        let proof = self.proof(&message, mailer, now);
        let Some(proof) = proof.filter(|_| message.expires_at > now) else {
            tracing::warn!(event = "mail.expired", message.id = %id, message.kind = message.kind.as_str(), "a message was not sent while it was of use");
            return Delivery::of(
                id,
                DeliveryResult::Final(FinalState::Expired),
                Sign::Nothing,
            );
        };
        match self.send(mailer, &message, proof).await {
            Ok(_answer) => {
                tracing::info!(event = "mail.sent", message.id = %id, message.kind = message.kind.as_str(), "a message was sent");
                Delivery::of(id, DeliveryResult::Final(FinalState::Sent), Sign::Open)
            }
            Err(failure) => self.not_sent(&message, failure),
        }
    }

    /// Hands a message over, and keeps it taken for as long as that takes.
    async fn send(
        &self,
        mailer: &Mailer,
        message: &OutboxMessage,
        secrets: ChallengeSecrets,
    ) -> Result<String, SendError> {
        let mail = crate::mail::Message {
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
                    let kept = [(id, DeliveryResult::Retry { attempts, due_at })];
                    let renewed = self.write(move |tx| Ok(outbox::record(tx, &kept)?)).await;
                    if let Err(error) = renewed {
                        tracing::warn!(%error, message.id = %id, "a slow message could not be kept");
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
            due_at: now.plus(back_off(attempts)).min(message.expires_at),
        };
        match failure.kind() {
            SendErrorKind::Unreachable => {
                let again = DeliveryResult::Retry {
                    attempts,
                    due_at: now,
                };
                Delivery::of(id, again, Sign::Shut(failure))
            }
            SendErrorKind::Closing => {
                tracing::warn!(event = "mail.delayed", message.id = %id, message.kind = kind, cause = %failure, "the server closed the connection over a message");
                Delivery::of(id, later, Sign::Doubtful(failure))
            }
            SendErrorKind::Temporary => {
                tracing::warn!(event = "mail.delayed", message.id = %id, message.kind = kind, cause = %failure, "a message was refused for now");
                Delivery::of(id, later, Sign::Open)
            }
            SendErrorKind::Permanent => {
                tracing::warn!(event = "mail.refused", message.id = %id, message.kind = kind, cause = %failure, "a message was refused for good");
                Delivery::of(id, DeliveryResult::Final(FinalState::Failed), Sign::Open)
            }
        }
    }

    /// What the message proves with, none of it outlived; `None` where nothing would be left of what it is for.
    fn proof(
        &self,
        message: &OutboxMessage,
        mailer: &Mailer,
        now: Timestamp,
    ) -> Option<ChallengeSecrets> {
        let Some((purpose, id)) = message.kind.purpose().zip(message.reference) else {
            return Some(ChallengeSecrets::default());
        };
        let secret = &self.0.secret;
        let has_code = message.created_at.plus(CODE_LIFE) > now;
        let proof = ChallengeSecrets {
            code: has_code.then(|| challenge::code(secret, purpose, id)),
            token: mailer
                .has_links()
                .then(|| challenge::token(secret, purpose, id)),
        };
        (proof.code.is_some() || proof.token.is_some()).then_some(proof)
    }
}

impl Delivery {
    const fn of(id: MessageId, ending: DeliveryResult, sign: Sign) -> Self {
        Self {
            ended: Some((id, ending)),
            sign,
        }
    }

    const fn unnoted() -> Self {
        Self {
            ended: None,
            sign: Sign::Nothing,
        }
    }
}

/// The wait after one more refusal for now.
fn back_off(attempts: i64) -> Duration {
    let place = usize::try_from(attempts).unwrap_or(0);
    let last = BACK_OFF.len() - 1;
    BACK_OFF.get(place.min(last)).copied().unwrap_or_default()
}
