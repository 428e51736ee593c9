//! Resets a password for a client that reads the account's mailbox.

use crate::{
    domain::{
        account::{email::EmailKey, ids::UserId, user::User},
        client::Client,
        credential::{
            challenge::{Challenge, Purpose},
            password::NewPassword,
        },
        event::EventContext,
        message::MessageKind,
    },
    events::SecurityEvent,
    service::{
        Error, MailboxProof, NewSession, Service, SessionOutcome, SessionRequest,
        second_factors::removal::remove_all,
        sessions::{devices::forget_others, end::revoke_others},
    },
    store::{
        StoreError, Tx,
        tables::{challenges, users},
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
        client: &Client,
    ) -> Result<Option<NewSession>, Error> {
        let (challenge, refusal) = self.challenge_of_proof(reset.proof, client).await?;
        let user = challenge.user;
        let found = self.database.read(move |tx| users::by_id(tx, user)).await?;
        let Some(before) = found else {
            return Err(self.refused(refusal, client));
        };
        if before.disabled && reset.opening.is_some() {
            self.record_disabled(user, client).await?;
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
        self.complete_reset(replacement, client, refusal).await
    }

    /// Returns the challenge of this proof, and the error if another request consumes it first.
    async fn challenge_of_proof(
        &self,
        proof: MailboxProof,
        client: &Client,
    ) -> Result<(Challenge, Error), Error> {
        let (found, refusal) = match proof {
            MailboxProof::Token(token) => (self.reset_of_token(&token).await?, Error::TokenInvalid),
            MailboxProof::Code(code, mailbox) => (
                self.reset_of_code(&code, mailbox, client).await?,
                Error::CodeInvalid,
            ),
        };
        match found {
            Some(challenge) => Ok((challenge, refusal)),
            None => Err(self.refused(refusal, client)),
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
        client: &Client,
    ) -> Result<Option<Challenge>, Error> {
        let now = self.clock.now();
        let throttle = self.throttle.clone();
        let attempt = throttle.mailbox_code(&mailbox, client);
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
            self.throttle.settle(reservation).await?;
        }
        Ok(found)
    }

    /// Consumes the challenge, sets the password and opens the requested session.
    async fn complete_reset(
        &self,
        replacement: Replacement,
        client: &Client,
        refusal: Error,
    ) -> Result<Option<NewSession>, Error> {
        let (service, now) = (self.clone(), self.clock.now());
        let language = client.language;
        let context = client.as_owner(replacement.owner.id, now);
        let completed = self
            .database
            .write(move |tx| -> Result<_, Error> {
                // Failures are locked before the account, as by a login.
                service.throttle.reset_account(tx, &replacement.owner)?;
                let Some(notices) = replacement.apply(tx, &context)? else {
                    return Err(refusal);
                };
                let owner = User {
                    email_verified: true,
                    ..replacement.owner
                };
                for kind in notices {
                    service.outbox.notify(tx, &owner, kind, language, now)?;
                }
                SecurityEvent::PasswordReset.record(tx, context)?;
                service.open_if_requested(tx, &owner, replacement.opening.as_ref(), now)
            })
            .await;
        let outcome = match completed {
            Err(refusal @ (Error::TokenInvalid | Error::CodeInvalid)) => {
                return Err(self.refused(refusal, client));
            }
            completed => completed?,
        };
        self.outbox.wake();
        SessionOutcome::into_optional_session(outcome)
    }

    /// Records that a right proof opens no session of a disabled account.
    async fn record_disabled(&self, user: UserId, client: &Client) -> Result<(), Error> {
        let now = self.clock.now();
        let context = self.throttle.attempted(client, Some(user), now);
        let event = SecurityEvent::LoginDisabled;
        let recorded = self.database.write(move |tx| event.record(tx, context));
        Ok(recorded.await?)
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
        context: &EventContext,
    ) -> Result<Option<Vec<MessageKind>>, StoreError> {
        let now = context.at;
        let (user, mailbox) = (self.owner.id, self.challenge.email.key());
        // The account row is locked before the rows of its factors.
        users::lock(tx, user)?;
        let is_first_proof =
            users::by_id(tx, user)?.is_some_and(|found| !found.user.email_verified);
        if !users::reset_password(tx, user, mailbox, &self.hash, now)?
            || !challenges::consume(tx, self.challenge.id, now)?
        {
            return Ok(None);
        }
        let mut notices = vec![MessageKind::PasswordChanged];
        revoke_others(tx, user, None, context.clone())?;
        forget_others(tx, user, None, context.clone())?;
        if is_first_proof && remove_all(tx, user, context)? {
            notices.push(MessageKind::SecondFactorsReset);
        }
        challenges::delete_by_user(tx, user, &Purpose::ALL)?;
        Ok(Some(notices))
    }
}
