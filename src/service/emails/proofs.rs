//! Proofs of control over a mailbox: the token of a link, or a code.

use crate::{
    domain::{
        account::{
            email::EmailKey,
            ids::UserId,
            pending_sign_up::PendingSignUp,
            user::{Credentials, User},
        },
        client::Client,
        credential::{
            challenge::{Challenge, PresentedToken, Purpose},
            password::Password,
        },
    },
    events::SecurityEvent,
    service::{Caller, Error, NewSession, Service, SessionRequest},
    store::tables::{challenges, pending_sign_ups},
    throttle::{Attempt, Reservation},
};

/// A proof by a caller with a session.
#[derive(Clone)]
pub enum Proof {
    /// The token of a link.
    Token(String),
    /// A code.
    Code(String),
}

/// A proof without a session. A code alone would match too many challenges.
#[derive(Clone)]
pub enum MailboxProof {
    /// The token of a link.
    Token(String),
    /// A code, and the mailbox that received it.
    Code(String, EmailKey),
}

/// A request to verify an email.
pub enum VerifyEmail {
    /// A proof in a session of the account.
    BySession(Proof),
    /// A proof and the account's password.
    ByPassword(PasswordVerification),
}

/// A verification without a session.
pub struct PasswordVerification {
    /// The proof.
    pub proof: MailboxProof,
    /// The account's password; `None` if no account can have the one of the request.
    pub password: Option<Password>,
    /// The session to open.
    pub opening: Option<SessionRequest>,
}

/// A verified email.
#[derive(Debug)]
pub struct VerifiedEmail {
    /// The account.
    pub user: User,
    /// The session that the request asked for.
    pub session: Option<NewSession>,
}

/// The target of a valid proof.
pub(in crate::service) enum ProofTarget {
    /// A challenge to the owner of an account.
    Challenge(Challenge),
    /// A pending signup.
    SignUp(PendingSignUp),
}

/// The target of a proof, with the hash that the password beside the proof has to match.
pub(in crate::service) enum Claim {
    /// A challenge and its account.
    Account(Challenge, Credentials),
    /// A pending signup.
    SignUp(PendingSignUp),
}

impl Claim {
    pub(super) fn mailbox(&self) -> &EmailKey {
        match self {
            Self::Account(challenge, _) => challenge.email.key(),
            Self::SignUp(pending) => pending.email.key(),
        }
    }

    pub(super) const fn account(&self) -> Option<UserId> {
        match self {
            Self::Account(challenge, _) => Some(challenge.user),
            Self::SignUp(_) => None,
        }
    }

    pub(super) fn password_hash(&self) -> &str {
        match self {
            Self::Account(_, credentials) => &credentials.password_hash,
            Self::SignUp(pending) => &pending.password_hash,
        }
    }
}

impl Service {
    /// Returns the challenge of this token, if it has one of these purposes. The token stays valid.
    pub(in crate::service) async fn challenge_of_token(
        &self,
        token: &str,
        purposes: &[Purpose],
    ) -> Result<Option<Challenge>, Error> {
        let Some(token) = PresentedToken::of(token) else {
            return Ok(None);
        };
        let (id, now) = (token.id, self.clock.now());
        let found = self
            .database
            .read(move |tx| challenges::by_id(tx, id, now))
            .await?;
        Ok(found.filter(|found| {
            purposes.contains(&found.purpose) && self.outbox.is_token(&token, found.purpose)
        }))
    }

    /// Returns the pending signup of this token. The token stays valid.
    pub(super) async fn sign_up_of_token(
        &self,
        token: &str,
    ) -> Result<Option<PendingSignUp>, Error> {
        let token = PresentedToken::of(token);
        let token = token.filter(|token| self.outbox.is_token(token, Purpose::SignUp));
        let Some(token) = token else {
            return Ok(None);
        };
        let now = self.clock.now();
        let found = self
            .database
            .read(move |tx| pending_sign_ups::by_id(tx, token.id, now));
        Ok(found.await?)
    }

    /// Returns the challenge of this code among those of the caller. The attempt is counted before
    /// anything is compared.
    pub(super) async fn challenge_of_code(
        &self,
        code: &str,
        caller: &Caller,
        purposes: &'static [Purpose],
    ) -> Result<Option<Challenge>, Error> {
        let (user, now) = (caller.user.id, self.clock.now());
        let attempt = self.throttle.own_code(user, &caller.client);
        let (reservation, tried) = self
            .throttle
            .reserve_with(attempt, move |tx| {
                challenges::try_codes_of_user(tx, user, purposes, now)
            })
            .await?;
        let found = self.matching(tried, code);
        if found.is_some() {
            // Earlier wrong codes stay counted: a mailbox of one's own would buy guesses at the code
            // of another.
            self.throttle.refund(reservation).await;
        } else {
            self.throttle.settle(reservation).await?;
        }
        Ok(found)
    }

    /// Returns the challenge whose code this is.
    pub(in crate::service) fn matching(
        &self,
        tried: Vec<Challenge>,
        code: &str,
    ) -> Option<Challenge> {
        tried
            .into_iter()
            .find(|tried| self.outbox.is_code(code, tried.purpose, tried.id))
    }

    /// Returns the target of a code that this mailbox received. The try is counted in the
    /// transaction that looks for codes, so it takes as long whether there are any.
    pub(super) async fn target_of_code(
        &self,
        attempt: Attempt,
        code: &str,
        mailbox: EmailKey,
    ) -> Result<(Reservation, Option<ProofTarget>), Error> {
        let now = self.clock.now();
        let (reservation, (tried, pending)) = self
            .throttle
            .reserve_with(attempt, move |tx| {
                let purpose = Purpose::VerifyEmail;
                Ok((
                    challenges::try_codes_of_mailbox(tx, &mailbox, purpose, now)?,
                    pending_sign_ups::try_codes_of_mailbox(tx, &mailbox, now)?,
                ))
            })
            .await?;
        let sign_up = pending
            .into_iter()
            .find(|tried| self.outbox.is_code(code, Purpose::SignUp, tried.id));
        let challenge = self.matching(tried, code).map(ProofTarget::Challenge);
        let target = challenge.or(sign_up.map(ProofTarget::SignUp));
        Ok((reservation, target))
    }

    /// Logs that a proof was refused.
    pub(in crate::service) fn refused(&self, error: Error, client: &Client) -> Error {
        let context = client.as_anonymous(None, self.clock.now());
        let refused = SecurityEvent::ProofRefused.unrecorded(context);
        self.database.emit(&refused);
        error
    }
}
