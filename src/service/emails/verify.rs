//! Verifies an email: the client proves control of the mailbox, and of the account by its session
//! or password.

use super::{
    consume::ChallengeUse,
    proofs::{Claim, PasswordVerification, ProofTarget, VerifiedEmail},
};
use crate::{
    domain::{
        account::{
            attributes::Attributes, email::EmailKey, pending_sign_up::PendingSignUp, user::User,
        },
        client::Client,
        credential::{challenge::Purpose, password::Password},
        event::EventContext,
        timestamp::Timestamp,
    },
    service::{
        Caller, Error, MailboxProof, Proof, Service, SessionOutcome, SessionRequest,
        accounts::{pending_sign_up, sign_up::new_user},
        invitations::claim,
    },
    store::tables::users::{self, UniqueKeys},
    throttle::Reservation,
};

/// The purposes of a verification. A password reset has a route of its own.
const VERIFICATIONS: &[Purpose] = &[Purpose::VerifyEmail, Purpose::ChangeEmail];

impl Service {
    /// Verifies a mailbox of the caller: that of the account, or that of a requested change.
    pub async fn verify_own_email(&self, caller: &Caller, proof: Proof) -> Result<User, Error> {
        let user = caller.user.id;
        let (found, refusal) = match proof {
            Proof::Token(token) => (
                self.challenge_of_token(&token, VERIFICATIONS).await?,
                Error::TokenInvalid,
            ),
            Proof::Code(code) => (
                self.challenge_of_code(&code, caller, VERIFICATIONS).await?,
                Error::CodeInvalid,
            ),
        };
        let client = &caller.client;
        let Some(challenge) = found.filter(|found| found.user == user) else {
            return Err(self.refused(refusal, client));
        };
        let input = ChallengeUse {
            challenge,
            password_version: None,
            opening: None,
            context: caller.context(self.clock.now()),
        };
        let verified = self.consume_challenge(input, client, refusal).await?;
        Ok(verified.user)
    }

    /// Verifies a mailbox without a session, with the password of the signup. The proof alone is
    /// not enough: the owner of the mailbox would confirm an account that an attacker opened in
    /// the owner's name. A code costs one hash, whatever code and mailbox it is.
    pub async fn verify_email(
        &self,
        verification: PasswordVerification,
        client: &Client,
    ) -> Result<VerifiedEmail, Error> {
        let password = verification.password.as_ref();
        let (claim, refusal) = match verification.proof {
            MailboxProof::Code(code, mailbox) => (
                self.claim_by_code(&code, mailbox, password, client).await?,
                Error::CodeInvalid,
            ),
            MailboxProof::Token(token) => (
                self.claim_by_token(&token, password, client).await?,
                Error::TokenInvalid,
            ),
        };
        self.complete(claim, verification.opening, client, refusal)
            .await
    }

    async fn claim_by_code(
        &self,
        code: &str,
        mailbox: EmailKey,
        password: Option<&Password>,
        client: &Client,
    ) -> Result<Claim, Error> {
        let attempt = self.throttle.mailbox_code(&mailbox, client);
        let (reservation, target) = self.target_of_code(attempt, code, mailbox).await?;
        let claim = self.claim(target).await?;
        let checked = self.check_password(claim, password).await;
        let checked = self.refund_unless_failed(checked, reservation).await?;
        checked.ok_or_else(|| self.refused(Error::CodeInvalid, client))
    }

    async fn claim_by_token(
        &self,
        token: &str,
        password: Option<&Password>,
        client: &Client,
    ) -> Result<Claim, Error> {
        let target = self.target_of_token(token).await?;
        let Some(claim) = self.claim(target).await? else {
            return Err(self.refused(Error::TokenInvalid, client));
        };
        let (mailbox, account) = (claim.mailbox(), claim.account());
        let attempt = self.throttle.link_password(mailbox, account, client);
        let stored = Some(claim.password_hash());
        let Some(reservation) = self.verify_stored(attempt, stored, password).await? else {
            return Err(self.refused(Error::InvalidCredentials, client));
        };
        self.throttle.refund(reservation).await;
        Ok(claim)
    }

    /// Returns the challenge or pending signup of this token. The token stays valid.
    async fn target_of_token(&self, token: &str) -> Result<Option<ProofTarget>, Error> {
        if let Some(challenge) = self.challenge_of_token(token, VERIFICATIONS).await? {
            return Ok(Some(ProofTarget::Challenge(challenge)));
        }
        let pending = self.sign_up_of_token(token).await?;
        Ok(pending.map(ProofTarget::SignUp))
    }

    async fn claim(&self, target: Option<ProofTarget>) -> Result<Option<Claim>, Error> {
        match target {
            None => Ok(None),
            Some(ProofTarget::SignUp(pending)) => Ok(Some(Claim::SignUp(pending))),
            Some(ProofTarget::Challenge(challenge)) => {
                let user = challenge.user;
                let found = self.database.read(move |tx| users::by_id(tx, user)).await?;
                Ok(found.map(|credentials| Claim::Account(challenge, credentials)))
            }
        }
    }

    /// Returns the claim if the password matches its hash. Every path costs one hash.
    async fn check_password(
        &self,
        claim: Option<Claim>,
        password: Option<&Password>,
    ) -> Result<Option<Claim>, Error> {
        let stored = claim.as_ref().map(Claim::password_hash);
        let is_right = self.passwords.verify(stored, password).await?;
        Ok(claim.filter(|_| is_right))
    }

    /// Settles a wrong password, resets after a right one, and refunds where none was checked.
    async fn refund_unless_failed(
        &self,
        checked: Result<Option<Claim>, Error>,
        reservation: Reservation,
    ) -> Result<Option<Claim>, Error> {
        match &checked {
            Ok(Some(_)) => self.throttle.reset_own(reservation).await,
            Ok(None) => self.throttle.settle(reservation).await?,
            Err(_) => self.throttle.refund(reservation).await,
        }
        checked
    }

    async fn complete(
        &self,
        claim: Claim,
        opening: Option<SessionRequest>,
        client: &Client,
        refusal: Error,
    ) -> Result<VerifiedEmail, Error> {
        match claim {
            Claim::SignUp(pending) => {
                self.complete_sign_up(pending, opening, client, refusal)
                    .await
            }
            Claim::Account(_, credentials) if credentials.disabled => Err(Error::AccountDisabled),
            Claim::Account(challenge, credentials) => {
                let now = self.clock.now();
                let input = ChallengeUse {
                    context: client.as_owner(challenge.user, now),
                    challenge,
                    password_version: Some(credentials.password_version),
                    opening,
                };
                self.consume_challenge(input, client, refusal).await
            }
        }
    }

    /// Creates the account of a pending signup whose mailbox is verified.
    async fn complete_sign_up(
        &self,
        pending: PendingSignUp,
        opening: Option<SessionRequest>,
        client: &Client,
        refusal: Error,
    ) -> Result<VerifiedEmail, Error> {
        let (service, now) = (self.clone(), self.clock.now());
        let user = verified_user(&pending, now);
        let (created, context) = (user.clone(), client.as_owner(user.id, now));
        let completed = self
            .database
            .write(move |tx| {
                let Some(user) = pending_sign_up::complete(tx, &pending, created, now)? else {
                    return Err(refusal);
                };
                let outcome = service.open_if_requested(tx, &user, opening.as_ref(), now)?;
                let session = SessionOutcome::into_optional_session(outcome)?;
                let context = EventContext {
                    session: session.as_ref().map(|new| new.session.id),
                    ..context
                };
                claim::record_sign_up(tx, pending.invitation, context)?;
                Ok(VerifiedEmail { user, session })
            })
            .await;
        match completed {
            Ok(verified) => Ok(verified),
            Err(refusal @ (Error::TokenInvalid | Error::CodeInvalid)) => {
                Err(self.refused(refusal, client))
            }
            Err(Error::Taken(found)) => {
                let keys = UniqueKeys::of(&user.username, &user.email);
                Err(Error::Taken(self.all_taken(keys, None, found).await?))
            }
            Err(other) => Err(other),
        }
    }
}

/// Returns the account of a pending signup whose mailbox is verified.
fn verified_user(pending: &PendingSignUp, now: Timestamp) -> User {
    User {
        email_verified: true,
        attributes: Attributes::of_owner(pending.display_name.clone(), pending.profile.clone()),
        ..new_user(pending.username.clone(), pending.email.clone(), now)
    }
}
