//! Logs in. The work and the response are the same whether the account exists or not.

use super::opening::{AuthenticatedBy, SessionOpening};
use crate::{
    domain::{
        account::{
            identifier::Identifier,
            user::{Credentials, User},
        },
        credential::password::Password,
    },
    events::SecurityEvent,
    service::{Error, NewSession, Service, SessionOutcome, SessionRequest},
    store::tables::{pending_sign_ups, users},
    throttle::{Attempt, Reservation},
};

/// A login.
pub struct LogIn {
    /// A username or an email.
    pub identifier: Identifier,
    /// The password; `None` if no account can have the one of the request.
    pub password: Option<Password>,
    /// The session to open.
    pub opening: SessionRequest,
    /// The solution of a proof of work, as the client sent it.
    pub captcha: Option<String>,
}

impl Service {
    /// Opens a session for a client with the password of the account.
    pub async fn log_in(&self, log_in: LogIn) -> Result<NewSession, Error> {
        let client = log_in.opening.client.clone();
        let opened = self.log_in_with_password(log_in).await;
        self.record_rejected_proof(opened, &client).await
    }

    async fn log_in_with_password(&self, log_in: LogIn) -> Result<NewSession, Error> {
        let check = self.throttle.check_proof(log_in.captcha.as_deref());
        let (identifier, opening) = (&log_in.identifier, &log_in.opening);
        let found = self.find(identifier).await?;
        let account = found.as_ref().map(|credentials| credentials.user.id);
        let device = opening.device.as_ref();
        let attempt = self
            .throttle
            .login(identifier, account, device, &opening.client)
            .with_proof(check);
        if found.is_none()
            && let Some(pending) = self.pending_password(identifier).await?
        {
            return Err(self.refuse_pending(&pending, attempt, &log_in).await?);
        }
        let password = log_in.password.as_ref();
        let Some((credentials, reservation)) = self.verify(attempt, found, password).await? else {
            return Err(Error::InvalidCredentials);
        };
        let reservation = self.refuse_unusable(&credentials, reservation).await?;
        let opened = self
            .complete_log_in(&credentials, opening, reservation)
            .await?;
        if let Some(password) = log_in.password {
            self.passwords.renew(&credentials, password);
        }
        opened.into_session()
    }

    /// Opens the session of a verified password and resets the failures of the account, or creates
    /// the challenge of the second factor. A password that was changed meanwhile ends this login
    /// too.
    pub(in crate::service) async fn complete_log_in(
        &self,
        credentials: &Credentials,
        request: &SessionRequest,
        reservation: Reservation,
    ) -> Result<SessionOutcome, Error> {
        let by = AuthenticatedBy::Password {
            version: credentials.password_version,
            reservation: reservation.clone(),
        };
        self.complete_first_factor(&credentials.user, by, request, reservation)
            .await
    }

    /// Opens the session of a verified first factor and resets the failures of the account, or
    /// creates the challenge of the second factor.
    pub(super) async fn complete_first_factor(
        &self,
        owner: &User,
        by: AuthenticatedBy,
        request: &SessionRequest,
        reservation: Reservation,
    ) -> Result<SessionOutcome, Error> {
        let (service, now) = (self.clone(), self.clock.now());
        let (user, request) = (owner.clone(), request.clone());
        let opened = self
            .database
            .write(move |tx| {
                let opening = SessionOpening {
                    owner: &user,
                    by: &by,
                    request: &request,
                    now,
                };
                service.open_session(tx, opening)
            })
            .await;
        match opened {
            Ok(outcome) => {
                self.throttle.wake_after_reset(&reservation, owner);
                if let SessionOutcome::Opened(new) = &outcome
                    && new.device.is_some()
                {
                    self.outbox.wake();
                }
                Ok(outcome)
            }
            Err(error) => {
                self.throttle.settle_unfinished(reservation).await;
                Err(error)
            }
        }
    }

    /// Refuses the right password of an account that is disabled, or whose email has to be verified
    /// first. The attempt is refunded then.
    async fn refuse_unusable(
        &self,
        credentials: &Credentials,
        reservation: Reservation,
    ) -> Result<Reservation, Error> {
        let is_verified = credentials.user.email_verified || !self.policy.requires_verification();
        let (event, error) = if credentials.disabled {
            (SecurityEvent::LoginDisabled, Error::AccountDisabled)
        } else if is_verified {
            return Ok(reservation);
        } else {
            (SecurityEvent::LoginUnverified, Error::EmailNotVerified)
        };
        self.throttle.refund_refused(reservation, event).await?;
        Err(error)
    }

    /// Returns the error for a client whose signup is pending.
    async fn refuse_pending(
        &self,
        stored: &str,
        attempt: Attempt,
        log_in: &LogIn,
    ) -> Result<Error, Error> {
        let password = log_in.password.as_ref();
        let Some(reservation) = self.verify_stored(attempt, Some(stored), password).await? else {
            return Ok(Error::InvalidCredentials);
        };
        let refusal = SecurityEvent::LoginUnverified;
        self.throttle.refund_refused(reservation, refusal).await?;
        Ok(Error::EmailNotVerified)
    }

    /// Returns the stored hash of the pending signup with this username. None is found by email:
    /// the author of a signup with another person's email could tell from the response whether
    /// that email has an account.
    async fn pending_password(&self, identifier: &Identifier) -> Result<Option<String>, Error> {
        let Identifier::Username(name) = identifier else {
            return Ok(None);
        };
        if !self.policy.requires_verification() {
            return Ok(None);
        }
        let (name, now) = (name.clone(), self.clock.now());
        let pending = self
            .database
            .read(move |tx| pending_sign_ups::newest_by_username(tx, &name, now))
            .await?;
        Ok(pending.map(|pending| pending.password_hash))
    }

    /// Returns the account with this identifier.
    pub(in crate::service) async fn find(
        &self,
        identifier: &Identifier,
    ) -> Result<Option<Credentials>, Error> {
        let database = &self.database;
        let found = match identifier.clone() {
            Identifier::Username(key) => {
                database
                    .read(move |tx| users::by_username(tx, &key))
                    .await?
            }
            Identifier::Email(key) => database.read(move |tx| users::by_email(tx, &key)).await?,
            Identifier::Unmatchable(_) => None,
        };
        Ok(found)
    }
}
