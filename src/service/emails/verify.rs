//! Verification: an address is verified by whoever proves to read its mailbox and to have the account, by session or password.

use super::proofs::Proved;
use crate::{
    domain::{
        account::{
            email::EmailKey,
            ids::UserId,
            pending_sign_up::PendingSignUp,
            user::{Credentials, User},
        },
        credential::{
            challenge::{Challenge, Purpose},
            password::Password,
        },
        message::MessageKind,
    },
    service::{
        Caller, Error, MailboxProof, Proof, Service, Visitor, accounts::sign_up::new_user,
        throttle::reservation::Reservation,
    },
    store::tables::{challenges, users},
};

/// What an owner proves by reading a mailbox; a new password is set elsewhere.
const OWNERS: &[Purpose] = &[Purpose::VerifyEmail, Purpose::ChangeEmail];

impl Service {
    /// Verifies a mailbox of whoever is in a session of the account: its own, or the one that it is to change to.
    pub async fn verify_own_email(&self, caller: &Caller, proof: Proof) -> Result<User, Error> {
        let id = caller.user.id;
        let (found, refusal) = match proof {
            Proof::Token(token) => (
                self.challenge_of_token(&token, OWNERS).await?,
                Error::TokenInvalid,
            ),
            Proof::Code(code) => (
                self.challenge_of_code(&code, caller, OWNERS).await?,
                Error::CodeInvalid,
            ),
        };
        let visitor = caller.visitor();
        match found.filter(|found| found.user == id) {
            Some(challenge) => self.meet(challenge, None, &visitor, refusal).await,
            None => Err(refused(refusal, &visitor)),
        }
    }

    /// Verifies the mailbox of whoever knows the password that the account was opened with. Its owner alone would not do: he would
    /// confirm what a stranger opened in his name. A code costs one hash, whatever it is and whosever the mailbox.
    pub async fn verify_email(
        &self,
        proof: MailboxProof,
        password: Option<Password>,
        visitor: &Visitor,
    ) -> Result<User, Error> {
        match proof {
            MailboxProof::Code(code, mailbox) => {
                let attempt = self.code_attempt(&mailbox, &visitor.ip);
                let (reservation, proved) = self.proved_by_code(attempt, &code, mailbox).await?;
                let found = self.claim(proved).await?;
                let known = self.known(found, password.as_ref()).await;
                let known = self.settled(known, reservation).await?;
                let claim = known.ok_or_else(|| refused(Error::CodeInvalid, visitor))?;
                self.grant(claim, visitor, Error::CodeInvalid).await
            }
            MailboxProof::Token(token) => {
                let proved = self.proved_by_token(&token).await?;
                let found = self.claim(proved).await?;
                let Some(claim) = found else {
                    return Err(refused(Error::TokenInvalid, visitor));
                };
                let attempt = self.link_attempt(claim.mailbox(), claim.account(), &visitor.ip);
                let stored = Some(claim.password_hash());
                let (is_right, reservation) = self
                    .try_password(attempt, stored, password.as_ref())
                    .await?;
                if !is_right {
                    return Err(refused(Error::InvalidCredentials, visitor));
                }
                self.take_back(reservation).await;
                self.grant(claim, visitor, Error::TokenInvalid).await
            }
        }
    }

    /// Sends the caller's mailbox another code and link, if it is not verified yet.
    pub async fn resend_verification(&self, caller: &Caller) -> Result<(), Error> {
        if caller.user.email_verified {
            return Ok(());
        }
        let (accounts, user, now) = (self.clone(), caller.user.clone(), self.0.clock.now());
        let trigger = self.trigger(&user.email, &caller.ip, caller.language);
        let exists = self
            .write(move |tx| Ok(accounts.ask_to_verify(tx, &user, trigger, now)?))
            .await?;
        if !exists {
            return Err(Error::NotAuthenticated);
        }
        self.mail_is_waiting();
        Ok(())
    }

    /// The challenge or sign-up of this token. It stays unused.
    async fn proved_by_token(&self, token: &str) -> Result<Option<Proved>, Error> {
        if let Some(challenge) = self.challenge_of_token(token, OWNERS).await? {
            return Ok(Some(Proved::Challenge(challenge)));
        }
        let waiting = self.sign_up_of_token(token).await?;
        Ok(waiting.map(Proved::SignUp))
    }

    async fn claim(&self, proved: Option<Proved>) -> Result<Option<Claim>, Error> {
        match proved {
            None => Ok(None),
            Some(Proved::SignUp(waiting)) => Ok(Some(Claim::SignUp(waiting))),
            Some(Proved::Challenge(challenge)) => {
                let user = challenge.user;
                let found = self.read(move |tx| users::by_id(tx, user)).await?;
                Ok(found.map(|credentials| Claim::Account(challenge, credentials)))
            }
        }
    }

    /// The claim if the password is its own. Every path costs one hash.
    async fn known(
        &self,
        claim: Option<Claim>,
        password: Option<&Password>,
    ) -> Result<Option<Claim>, Error> {
        let stored = claim.as_ref().map(Claim::password_hash);
        let is_right = self.is_password_of(stored, password).await?;
        Ok(claim.filter(|_| is_right))
    }

    /// Settles the attempt's places by what came of it.
    async fn settled(
        &self,
        known: Result<Option<Claim>, Error>,
        reservation: Reservation,
    ) -> Result<Option<Claim>, Error> {
        match &known {
            Ok(Some(_)) => self.confirm(reservation).await,
            Ok(None) => drop(self.settle(reservation).await),
            Err(_) => self.take_back(reservation).await,
        }
        known
    }

    async fn grant(&self, claim: Claim, visitor: &Visitor, refusal: Error) -> Result<User, Error> {
        match claim {
            Claim::SignUp(waiting) => self.finish_sign_up(waiting, visitor, refusal).await,
            Claim::Account(_, credentials) if credentials.disabled => Err(Error::AccountDisabled),
            Claim::Account(challenge, credentials) => {
                let version = Some(credentials.password_version);
                self.meet(challenge, version, visitor, refusal).await
            }
        }
    }

    /// Makes the account of a sign-up whose mailbox is verified.
    async fn finish_sign_up(
        &self,
        waiting: PendingSignUp,
        visitor: &Visitor,
        refusal: Error,
    ) -> Result<User, Error> {
        let now = self.0.clock.now();
        let mut user = new_user(waiting.username.clone(), waiting.email.clone(), now);
        user.email_verified = true;
        let made = user.clone();
        let is_made = self
            .write(move |tx| {
                let is_made = Self::admit(tx, &waiting, &made, now)?;
                if is_made { Ok(()) } else { Err(refusal) }
            })
            .await;
        match is_made {
            Ok(()) => {
                tracing::info!(event = "user.signed_up", user.id = %user.id, client.ip = %visitor.ip, "an account was made");
                Ok(user)
            }
            Err(refusal @ (Error::TokenInvalid | Error::CodeInvalid)) => {
                Err(refused(refusal, visitor))
            }
            Err(Error::Taken(found)) => Err(Error::Taken(
                self.all_taken(&user.username, &user.email, found).await?,
            )),
            Err(other) => Err(other),
        }
    }

    /// Uses a challenge up and does what it was for, if the account still has the password that was given.
    async fn meet(
        &self,
        challenge: Challenge,
        password_version: Option<i64>,
        visitor: &Visitor,
        refusal: Error,
    ) -> Result<User, Error> {
        let (accounts, now, language) = (self.clone(), self.0.clock.now(), visitor.language);
        let purpose = challenge.purpose;
        let confirmed = self
            .write(move |tx| {
                let id = challenge.user;
                users::lock(tx, id)?;
                let Some(Credentials { user: before, .. }) = users::by_id(tx, id)? else {
                    return Ok(None);
                };
                if let Some(version) = password_version
                    && !users::lock_if_unchanged(tx, id, version)?
                {
                    return Ok(None);
                }
                if !challenges::consume(tx, challenge.id, now)? {
                    return Ok(None);
                }
                if purpose == Purpose::ChangeEmail {
                    users::set_email(tx, id, &challenge.email)?;
                    challenges::delete_by_user(tx, id, &Purpose::ALL)?;
                    accounts.notify(tx, &before, MessageKind::EmailChanged, language, now)?;
                } else {
                    users::verify_email(tx, id, challenge.email.key())?;
                    challenges::delete_by_user(tx, id, &[purpose])?;
                }
                Ok(users::by_id(tx, id)?.map(|now| now.user))
            })
            .await?;
        self.mail_is_waiting();
        let user = confirmed.ok_or_else(|| refused(refusal, visitor))?;
        let event = if purpose == Purpose::ChangeEmail {
            "email.changed"
        } else {
            "email.verified"
        };
        tracing::info!(event, user.id = %user.id, client.ip = %visitor.ip, "a mailbox was verified");
        Ok(user)
    }
}

/// What is proved, with what its password is held against.
enum Claim {
    Account(Challenge, Credentials),
    SignUp(PendingSignUp),
}

impl Claim {
    fn mailbox(&self) -> &EmailKey {
        match self {
            Self::Account(challenge, _) => challenge.email.key(),
            Self::SignUp(waiting) => waiting.email.key(),
        }
    }

    fn account(&self) -> Option<UserId> {
        match self {
            Self::Account(challenge, _) => Some(challenge.user),
            Self::SignUp(_) => None,
        }
    }

    fn password_hash(&self) -> &str {
        match self {
            Self::Account(_, credentials) => &credentials.password_hash,
            Self::SignUp(waiting) => &waiting.password_hash,
        }
    }
}

/// Notes that a proof was refused.
pub(crate) fn refused(refusal: Error, visitor: &Visitor) -> Error {
    tracing::warn!(event = "proof.refused", client.ip = %visitor.ip, "a code, link or its password was refused");
    refusal
}
