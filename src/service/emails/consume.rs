//! Consumes a challenge: verifies the email of an account, or completes a change of email.

use super::{change, proofs::refused};
use crate::{
    domain::{
        account::{
            ids::UserId,
            user::{Credentials, User},
        },
        credential::challenge::{Challenge, Purpose},
    },
    events::SecurityEvent,
    service::{Error, Service, Visitor},
    store::{
        StoreError, Tx,
        tables::{challenges, users},
    },
};

impl Service {
    /// Consumes a challenge and does what it is for, if the password version is still the same.
    pub(super) async fn consume_challenge(
        &self,
        challenge: Challenge,
        password_version: Option<i64>,
        visitor: &Visitor,
        refusal: Error,
    ) -> Result<User, Error> {
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        let (purpose, language) = (challenge.purpose, visitor.language);
        let verified = self
            .database
            .write(move |tx| -> Result<_, StoreError> {
                let locked = lock_unchanged(tx, challenge.user, password_version)?;
                let Some(before) = locked else {
                    return Ok(None);
                };
                if !challenges::consume(tx, challenge.id, now)? {
                    return Ok(None);
                }
                if purpose == Purpose::ChangeEmail {
                    change::complete(tx, &outbox, &challenge, &before.user, language, now)?;
                } else {
                    mark_verified(tx, &challenge)?;
                }
                Ok(users::by_id(tx, challenge.user)?.map(|now| now.user))
            })
            .await?;
        self.outbox.wake();
        let verified = verified.ok_or_else(|| refused(refusal, visitor))?;
        let user = verified.id;
        let event = if purpose == Purpose::ChangeEmail {
            SecurityEvent::EmailChanged { user }
        } else {
            SecurityEvent::EmailVerified { user }
        };
        event.record(&visitor.ip);
        Ok(verified)
    }
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
