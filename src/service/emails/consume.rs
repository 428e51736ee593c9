//! Consumes a challenge: verifies the email of an account, or completes a change of email.

use super::{
    change,
    proofs::{VerifiedEmail, refused},
};
use crate::{
    domain::{
        account::{
            ids::UserId,
            user::{Credentials, User},
        },
        credential::challenge::{Challenge, Purpose},
        language::Language,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    outbox::Outbox,
    service::{Error, Service, SessionOutcome, SessionRequest, Visitor},
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
}

impl Service {
    /// Consumes a challenge, does what it is for and opens the requested session, if the password
    /// version is still the same.
    pub(super) async fn consume_challenge(
        &self,
        input: ChallengeUse,
        visitor: &Visitor,
        refusal: Error,
    ) -> Result<VerifiedEmail, Error> {
        let (service, now) = (self.clone(), self.clock.now());
        let (purpose, language) = (input.challenge.purpose, visitor.language);
        let verified = self
            .database
            .write(move |tx| -> Result<_, Error> {
                let Some(user) = consume(tx, &service.outbox, &input, language, now)? else {
                    return Ok(None);
                };
                let opening = input.opening.as_ref();
                let session = service.open_if_requested(tx, &user, opening, now)?;
                Ok(Some((user, session)))
            })
            .await?;
        self.outbox.wake();
        let (owner, session) = verified.ok_or_else(|| refused(refusal, visitor))?;
        let user = owner.id;
        let event = if purpose == Purpose::ChangeEmail {
            SecurityEvent::EmailChanged { user }
        } else {
            SecurityEvent::EmailVerified { user }
        };
        event.record(&visitor.ip);
        let session = SessionOutcome::into_optional_session(session)?;
        if let Some(new) = &session {
            new.record_login();
        }
        Ok(VerifiedEmail {
            user: owner,
            session,
        })
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
        mark_verified(tx, challenge)?;
    }
    Ok(users::by_id(tx, challenge.user)?.map(|now| now.user))
}

fn mark_verified(tx: &mut Tx<'_>, challenge: &Challenge) -> Result<(), StoreError> {
    users::verify_email(tx, challenge.user, challenge.email.key())?;
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
