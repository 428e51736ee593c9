//! Resets a password for a client that reads the account's mailbox.

use crate::{
    domain::{
        account::{email::EmailKey, user::User},
        credential::{
            challenge::{Challenge, Purpose},
            password::NewPassword,
        },
        message::MessageKind,
    },
    events::SecurityEvent,
    service::{Error, MailboxProof, Service, Visitor, emails::proofs::refused},
    store::tables::{challenges, devices, sessions, users},
};

impl Service {
    /// Sets a new password. Every session is revoked, every device is forgotten and every
    /// challenge is voided: they came from a client that knew another password, or that never read
    /// the mailbox. A weak password consumes one of the token's tries.
    pub async fn reset_password(
        &self,
        proof: MailboxProof,
        password: NewPassword,
        visitor: &Visitor,
    ) -> Result<(), Error> {
        let (found, refusal) = match proof {
            MailboxProof::Token(token) => (self.reset_of_token(&token).await?, Error::TokenInvalid),
            MailboxProof::Code(code, mailbox) => (
                self.reset_of_code(&code, mailbox, visitor).await?,
                Error::CodeInvalid,
            ),
        };
        let Some(challenge) = found else {
            return Err(refused(refusal, visitor));
        };
        let user = challenge.user;
        let found = self.database.read(move |tx| users::by_id(tx, user)).await?;
        let Some(before) = found.map(|found| found.user) else {
            return Err(refused(refusal, visitor));
        };
        let (username, email) = (before.username.as_str(), before.email.as_str());
        self.passwords
            .refuse_weak(&password, username, email)
            .await?;
        let hash = self.passwords.hash(&password).await?;
        if !self
            .complete_reset(challenge, hash, before, visitor)
            .await?
        {
            return Err(refused(refusal, visitor));
        }
        SecurityEvent::PasswordReset { user }.record(&visitor.ip);
        Ok(())
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
        let attempt = self.throttle.mailbox_code(&mailbox, &visitor.ip);
        let (reservation, tried) = self
            .throttle
            .reserve_with(attempt, move |tx| {
                challenges::try_codes_of_mailbox(tx, &mailbox, Purpose::ResetPassword, now)
            })
            .await?;
        let found = self.matching(tried, code);
        if found.is_some() {
            self.throttle.reset_own(reservation).await;
        } else {
            let _settled = self.throttle.settle(reservation).await;
        }
        Ok(found)
    }

    /// Consumes the challenge and sets the password. Returns `false` if another request was first.
    async fn complete_reset(
        &self,
        challenge: Challenge,
        hash: String,
        owner: User,
        visitor: &Visitor,
    ) -> Result<bool, Error> {
        let (throttle, outbox) = (self.throttle.clone(), self.outbox.clone());
        let (language, now) = (visitor.language, self.clock.now());
        let is_reset = self
            .database
            .write(move |tx| -> Result<(), Error> {
                let user = challenge.user;
                // Failures are locked before the account, as by a login.
                throttle.reset_account(tx, &owner)?;
                if !users::reset_password(tx, user, challenge.email.key(), &hash)?
                    || !challenges::consume(tx, challenge.id, now)?
                {
                    return Err(Error::TokenInvalid);
                }
                sessions::delete_others(tx, user, None)?;
                devices::delete_by_user(tx, user)?;
                challenges::delete_by_user(tx, user, &Purpose::ALL)?;
                let owner = User {
                    email_verified: true,
                    ..owner
                };
                outbox.notify(tx, &owner, MessageKind::PasswordChanged, language, now)?;
                Ok(())
            })
            .await;
        match is_reset {
            Ok(()) => {
                self.outbox.wake();
                Ok(true)
            }
            Err(Error::TokenInvalid) => Ok(false),
            Err(other) => Err(other),
        }
    }
}
