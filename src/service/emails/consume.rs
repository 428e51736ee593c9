//! Consumes a challenge: verifies the email of an account, or completes a change of email.

use super::{change, proofs::VerifiedEmail};
use crate::{
    domain::{
        account::{
            ids::UserId,
            user::{Credentials, User},
        },
        client::Client,
        credential::challenge::{Challenge, Purpose},
        event::EventContext,
        language::Language,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    outbox::Outbox,
    service::{Error, Service, SessionOutcome, SessionRequest},
    store::{
        StoreError, Tx,
        tables::{challenges, users},
    },
};

/// A challenge to consume.
pub(super) struct ChallengeUse {
    pub(super) challenge: Challenge,
    /// The version of the password that was verified; `None` in a session of the account.
    pub(super) password_version: Option<i64>,
    /// The session to open.
    pub(super) opening: Option<SessionRequest>,
    /// The context of the event.
    pub(super) context: EventContext,
}

impl ChallengeUse {
    const fn event(&self) -> SecurityEvent {
        match self.challenge.purpose {
            Purpose::ChangeEmail => SecurityEvent::EmailChanged,
            Purpose::SignUp | Purpose::VerifyEmail | Purpose::ResetPassword | Purpose::LogIn => {
                SecurityEvent::EmailVerified
            }
        }
    }
}

impl Service {
    /// Consumes a challenge, does what it is for and opens the requested session, if the password
    /// version is still the same.
    pub(super) async fn consume_challenge(
        &self,
        input: ChallengeUse,
        client: &Client,
        refusal: Error,
    ) -> Result<VerifiedEmail, Error> {
        let (service, now) = (self.clone(), self.clock.now());
        let language = client.language;
        let verified = self
            .database
            .write(move |tx| -> Result<_, Error> {
                let Some(user) = consume(tx, &service.outbox, &input, language, now)? else {
                    return Ok(None);
                };
                input.event().record(tx, input.context.clone())?;
                let opening = input.opening.as_ref();
                let session = service.open_if_requested(tx, &user, opening, now)?;
                Ok(Some((user, session)))
            })
            .await?;
        self.outbox.wake();
        let (user, session) = verified.ok_or_else(|| self.refused(refusal, client))?;
        let session = SessionOutcome::into_optional_session(session)?;
        Ok(VerifiedEmail { user, session })
    }
}

/// Consumes a challenge and does what it is for. Returns the account as it is now.
fn consume(
    tx: &mut Tx<'_>,
    outbox: &Outbox,
    input: &ChallengeUse,
    language: Language,
    now: Timestamp,
) -> Result<Option<User>, StoreError> {
    let challenge = &input.challenge;
    let Some(before) = lock_unchanged(tx, challenge.user, input.password_version)? else {
        return Ok(None);
    };
    if !challenges::consume(tx, challenge.id, now)? {
        return Ok(None);
    }
    if challenge.purpose == Purpose::ChangeEmail {
        change::complete(tx, outbox, challenge, &before.user, language, now)?;
    } else {
        mark_verified(tx, challenge, now)?;
    }
    Ok(users::by_id(tx, challenge.user)?.map(|now| now.user))
}

fn mark_verified(tx: &mut Tx<'_>, challenge: &Challenge, now: Timestamp) -> Result<(), StoreError> {
    users::verify_email(tx, challenge.user, challenge.email.key(), now)?;
    challenges::delete_by_user(tx, challenge.user, &[challenge.purpose])
}

/// Locks the account row. Returns the account if it has the password of this version still, or if
/// no password was verified.
fn lock_unchanged(
    tx: &mut Tx<'_>,
    user: UserId,
    password_version: Option<i64>,
) -> Result<Option<Credentials>, StoreError> {
    users::lock(tx, user)?;
    let found = users::by_id(tx, user)?;
    match password_version {
        Some(version) if !users::lock_if_unchanged(tx, user, version)? => Ok(None),
        Some(_) | None => Ok(found),
    }
}
