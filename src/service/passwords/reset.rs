//! Recovery: a new password for whoever proves to read the account's mailbox, and the end of all that was before it.

use crate::{
    domain::{
        account::{email::EmailKey, user::User},
        credential::{
            challenge::{Challenge, Purpose, TOKEN_TRIES},
            password::NewPassword,
        },
        message::MessageKind,
    },
    service::{Error, MailboxProof, Service, Visitor, emails::verify::refused},
    store::tables::{challenges, counters, devices, sessions, users},
};

impl Service {
    /// Sets a new password. Every session, device and pending change of the account ends: whoever opened them knew another
    /// password, or never read the mailbox. A password that is refused uses one of the token's tries.
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
        let id = challenge.user;
        let Some(before) = self.read(move |tx| users::by_id(tx, id)).await? else {
            return Err(refused(refusal, visitor));
        };
        self.refuse_weak(
            &password,
            before.user.username.as_str(),
            before.user.email.as_str(),
        )
        .await?;
        let hash = self.0.hasher.hash(password.expose()).await?;
        let is_reset = self.recover(challenge, hash, before.user, visitor);
        if !is_reset.await? {
            return Err(refused(refusal, visitor));
        }
        tracing::info!(event = "password.reset", user.id = %id, client.ip = %visitor.ip, "a password was reset");
        Ok(())
    }

    /// The challenge of this token. The try is counted, unless hashing is too busy for it: the password is judged next, and one token
    /// must not have any number of passwords judged.
    async fn reset_of_token(&self, token: &str) -> Result<Option<Challenge>, Error> {
        let purpose = Purpose::ResetPassword;
        let Some(found) = self.challenge_of_token(token, &[purpose]).await? else {
            return Ok(None);
        };
        self.0.hasher.admits()?;
        let subject = self.subject("tries of a token", found.id.as_bytes());
        let rule = counters::CounterRule::at_most(TOKEN_TRIES, purpose.token_life());
        let now = self.0.clock.now();
        let counted = self
            .write(move |tx| Ok(counters::hit(tx, &subject, rule, now)?))
            .await?;
        Ok(counted.and(Some(found)))
    }

    /// The challenge of this code. The try is counted in the same transaction in which codes are looked for, so that it takes as
    /// long whether anybody has the address or not.
    async fn reset_of_code(
        &self,
        code: &str,
        mailbox: EmailKey,
        visitor: &Visitor,
    ) -> Result<Option<Challenge>, Error> {
        let now = self.0.clock.now();
        let attempt = self.code_attempt(&mailbox, &visitor.ip);
        let (reservation, tried) = self
            .reserve_with(attempt, move |tx| {
                challenges::try_codes_of_mailbox(tx, &mailbox, Purpose::ResetPassword, now)
            })
            .await?;
        let found = self.matching(tried, code);
        if found.is_some() {
            self.confirm(reservation).await;
        } else {
            self.settle(reservation).await;
        }
        Ok(found)
    }

    /// Uses the challenge up and does what it was for; whether nobody did meanwhile.
    async fn recover(
        &self,
        challenge: Challenge,
        hash: String,
        owner: User,
        visitor: &Visitor,
    ) -> Result<bool, Error> {
        let (accounts, now, language) = (self.clone(), self.0.clock.now(), visitor.language);
        let is_reset = self
            .write(move |tx| {
                let id = challenge.user;
                // Before the account, which is the order in which a try at a password takes them too.
                accounts.forgive_all(tx, &owner)?;
                if !users::reset_password(tx, id, challenge.email.key(), &hash)?
                    || !challenges::consume(tx, challenge.id, now)?
                {
                    return Err(Error::TokenInvalid);
                }
                sessions::delete_others(tx, id, None)?;
                devices::delete_by_user(tx, id)?;
                challenges::delete_by_user(tx, id, &Purpose::ALL)?;
                let owner = User {
                    email_verified: true,
                    ..owner
                };
                accounts.notify(tx, &owner, MessageKind::PasswordChanged, language, now)?;
                Ok(())
            })
            .await;
        match is_reset {
            Ok(()) => {
                self.mail_is_waiting();
                Ok(true)
            }
            Err(Error::TokenInvalid) => Ok(false),
            Err(other) => Err(other),
        }
    }
}
