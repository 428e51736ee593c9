//! Resets a password for a client that reads the account's mailbox.

use crate::{
    domain::{
        account::{email::EmailKey, user::User},
        credential::{
            challenge::{Challenge, Purpose},
            password::NewPassword,
        },
        message::MessageKind,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    service::{
        Error, MailboxProof, NewSession, Service, SessionOutcome, SessionRequest, Visitor,
        emails::proofs::refused,
    },
    store::{
        StoreError, Tx,
        tables::{challenges, devices, second_factors, sessions, users},
    },
};

/// A password reset.
pub struct PasswordReset {
    /// The proof.
    pub proof: MailboxProof,
    /// The new password.
    pub password: NewPassword,
    /// The session to open.
    pub opening: Option<SessionRequest>,
}

impl Service {
    /// Sets a new password, and opens the requested session. Every earlier session is revoked,
    /// every device is forgotten and every challenge is voided: they came from a client that knew
    /// another password, or that never read the mailbox. A weak password consumes one of the
    /// token's tries.
    pub async fn reset_password(
        &self,
        reset: PasswordReset,
        visitor: &Visitor,
    ) -> Result<Option<NewSession>, Error> {
        let (challenge, refusal) = self.challenge_of_proof(reset.proof, visitor).await?;
        let user = challenge.user;
        let found = self.database.read(move |tx| users::by_id(tx, user)).await?;
        let Some(before) = found else {
            return Err(refused(refusal, visitor));
        };
        if before.disabled && reset.opening.is_some() {
            SecurityEvent::LoginDisabled { user }.record(&visitor.ip);
            return Err(Error::AccountDisabled);
        }
        let owner = before.user;
        let (username, email) = (owner.username.as_str(), owner.email.as_str());
        self.passwords
            .refuse_weak(&reset.password, username, email)
            .await?;
        let hash = self.passwords.hash(&reset.password).await?;
        let replacement = Replacement {
            challenge,
            hash,
            owner,
            opening: reset.opening,
        };
        self.complete_reset(replacement, visitor, refusal).await
    }

    /// Returns the challenge of this proof, and the error if another request consumes it first.
    async fn challenge_of_proof(
        &self,
        proof: MailboxProof,
        visitor: &Visitor,
    ) -> Result<(Challenge, Error), Error> {
        let (found, refusal) = match proof {
            MailboxProof::Token(token) => (self.reset_of_token(&token).await?, Error::TokenInvalid),
            MailboxProof::Code(code, mailbox) => (
                self.reset_of_code(&code, mailbox, visitor).await?,
                Error::CodeInvalid,
            ),
        };
        match found {
            Some(challenge) => Ok((challenge, refusal)),
            None => Err(refused(refusal, visitor)),
        }
    }

    /// Returns the challenge of this token. The try is counted, unless hashing is overloaded: the
    /// strength of the password is estimated next, and one token must not cost any number of
    /// estimates.
    async fn reset_of_token(&self, token: &str) -> Result<Option<Challenge>, Error> {
        let purpose = Purpose::ResetPassword;
        let Some(found) = self.challenge_of_token(token, &[purpose]).await? else {
            return Ok(None);
        };
        self.passwords.admit()?;
        let is_allowed = self.throttle.count_reset_try(found.id).await?;
        Ok(is_allowed.then_some(found))
    }

    /// Returns the challenge of this code. The try is counted in the transaction that looks for
    /// codes, so it takes as long whether an account has the email or not.
    async fn reset_of_code(
        &self,
        code: &str,
        mailbox: EmailKey,
        visitor: &Visitor,
    ) -> Result<Option<Challenge>, Error> {
        let now = self.clock.now();
        let throttle = self.throttle.clone();
        let attempt = throttle.mailbox_code(&mailbox, &visitor.ip);
        let reserved = self.throttle.reserve_with(attempt, move |tx| {
            let tried =
                challenges::try_codes_of_mailbox(tx, &mailbox, Purpose::ResetPassword, now)?;
            // The try of a code is one write.
            throttle.write_stand_ins(tx, &mailbox, u8::from(tried.is_empty()), now)?;
            Ok(tried)
        });
        let (reservation, tried) = reserved.await?;
        let found = self.matching(tried, code);
        if found.is_some() {
            self.throttle.reset_own(reservation).await;
        } else {
            let _settled = self.throttle.settle(reservation).await;
        }
        Ok(found)
    }

    /// Consumes the challenge, sets the password and opens the requested session.
    async fn complete_reset(
        &self,
        replacement: Replacement,
        visitor: &Visitor,
        refusal: Error,
    ) -> Result<Option<NewSession>, Error> {
        let (service, now) = (self.clone(), self.clock.now());
        let (user, language) = (replacement.owner.id, visitor.language);
        let completed = self
            .database
            .write(move |tx| -> Result<_, Error> {
                // Failures are locked before the account, as by a login.
                service.throttle.reset_account(tx, &replacement.owner)?;
                let Some(notices) = replacement.apply(tx, now)? else {
                    return Err(refusal);
                };
                let owner = User {
                    email_verified: true,
                    ..replacement.owner
                };
                for kind in notices {
                    service.outbox.notify(tx, &owner, kind, language, now)?;
                }
                service.open_if_requested(tx, &owner, replacement.opening.as_ref(), now)
            })
            .await;
        let outcome = match completed {
            Err(refusal @ (Error::TokenInvalid | Error::CodeInvalid)) => {
                return Err(refused(refusal, visitor));
            }
            completed => completed?,
        };
        self.outbox.wake();
        SecurityEvent::PasswordReset { user }.record(&visitor.ip);
        let session = SessionOutcome::into_optional_session(outcome)?;
        if let Some(new) = &session {
            new.record_login();
        }
        Ok(session)
    }
}

/// The replacement of a password.
struct Replacement {
    challenge: Challenge,
    hash: String,
    owner: User,
    opening: Option<SessionRequest>,
}

impl Replacement {
    /// Replaces the password, and ends all that the old one led to. The first proof of the mailbox
    /// also removes the second factors: a client that never read it may have set them up. Returns
    /// the notices that the owner gets, or `None` if another request consumed the challenge first;
    /// then the transaction has to be rolled back.
    fn apply(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
    ) -> Result<Option<Vec<MessageKind>>, StoreError> {
        let (user, mailbox) = (self.owner.id, self.challenge.email.key());
        // The account row is locked before the rows of its factors.
        users::lock(tx, user)?;
        let is_first_proof =
            users::by_id(tx, user)?.is_some_and(|found| !found.user.email_verified);
        if !users::reset_password(tx, user, mailbox, &self.hash)?
            || !challenges::consume(tx, self.challenge.id, now)?
        {
            return Ok(None);
        }
        let mut notices = vec![MessageKind::PasswordChanged];
        sessions::delete_others(tx, user, None)?;
        devices::delete_by_user(tx, user)?;
        if is_first_proof {
            if second_factors::methods(tx, user, None)?.is_some() {
                notices.push(MessageKind::SecondFactorsReset);
            }
            second_factors::remove_all(tx, user)?;
        }
        challenges::delete_by_user(tx, user, &Purpose::ALL)?;
        Ok(Some(notices))
    }
}
