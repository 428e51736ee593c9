//! Log-in: the same work and the same answer whether the account exists or not.

use crate::{
    domain::{
        account::{identifier::Identifier, user::Credentials},
        credential::password::Password,
    },
    service::{
        Error, NewSession, Service, SessionRequest,
        throttle::{attempt::Attempt, reservation::Reservation},
    },
    store::tables::{sessions, users},
};

/// What somebody claims to be.
pub struct LogIn {
    /// A user name or an address.
    pub identifier: Identifier,
    /// The password; `None` where what was sent cannot be anybody's.
    pub password: Option<Password>,
    /// The session to open.
    pub opening: SessionRequest,
    /// A proof of work, as the client wrote it.
    pub captcha: Option<String>,
}

impl Service {
    /// Opens a session for whoever proves to be this account.
    pub async fn log_in(&self, attempt: LogIn) -> Result<NewSession, Error> {
        let check = self
            .0
            .captcha
            .check(attempt.captcha.as_deref(), self.0.clock.now());
        let found = self.find(&attempt.identifier).await?;
        let tried = self
            .log_in_attempt(&attempt.identifier, found.as_ref(), &attempt.opening)
            .behind(check);
        if found.is_none()
            && let Some(waiting) = self.waiting_password(&attempt.identifier).await?
        {
            return Err(self.not_yet(&waiting, tried, &attempt).await?);
        }
        let (verified, reservation) = self.tried(tried, found, attempt.password.as_ref()).await?;
        let credentials = match verified {
            Ok(credentials) if credentials.disabled => {
                self.take_back(reservation).await;
                let user = credentials.user.id;
                tracing::warn!(event = "login.disabled", user.id = %user, client.ip = %attempt.opening.ip, "log-in to a disabled account");
                return Err(Error::AccountDisabled);
            }
            Ok(credentials) if self.demands_verification() && !credentials.user.email_verified => {
                self.take_back(reservation).await;
                let user = credentials.user.id;
                tracing::info!(event = "login.unverified", user.id = %user, client.ip = %attempt.opening.ip, "log-in before the address was verified");
                return Err(Error::EmailNotVerified);
            }
            Ok(credentials) => credentials,
            Err(account) => {
                let user = account.map(|id| id.to_string());
                tracing::warn!(event = "login.failed", user.id = user, client.ip = %attempt.opening.ip, "a log-in failed");
                return Err(Error::InvalidCredentials);
            }
        };
        let opened = self
            .open_session(&credentials, &attempt.opening, reservation)
            .await?;
        if let Some(password) = attempt.password {
            self.renew_hash(&credentials, password);
        }
        Ok(opened)
    }

    /// What somebody is told whose sign-up still waits.
    async fn not_yet(&self, waiting: &str, tried: Attempt, log_in: &LogIn) -> Result<Error, Error> {
        let password = log_in.password.as_ref();
        let (is_right, reservation) = self.try_password(tried, Some(waiting), password).await?;
        if is_right {
            self.take_back(reservation).await;
            tracing::info!(event = "login.unverified", client.ip = %log_in.opening.ip, "log-in before the address was verified");
            return Ok(Error::EmailNotVerified);
        }
        tracing::warn!(event = "login.failed", client.ip = %log_in.opening.ip, "a log-in failed");
        Ok(Error::InvalidCredentials)
    }

    /// Opens a session if the account still is what was verified: a password changed meanwhile ends this attempt too.
    pub(crate) async fn open_session(
        &self,
        credentials: &Credentials,
        opening: &SessionRequest,
        reservation: Reservation,
    ) -> Result<NewSession, Error> {
        let (user, now) = (credentials.user.clone(), self.0.clock.now());
        let (device_token, device) = if reservation.has_known_device() {
            (None, None)
        } else {
            self.new_device(user.id, now).unzip()
        };
        let opened_from = match &device {
            Some(new) => Some(new.token_hash.clone()),
            None => opening
                .device
                .clone()
                .filter(|_| reservation.has_known_device()),
        };
        let (token, new) = self.new_session(user.id, opening, opened_from, now);
        let session = new.session.clone();
        let (accounts, owner, opened) = (self.clone(), user.clone(), opening.clone());
        let places = reservation.clone();
        let version = credentials.password_version;
        let is_told = self
            .write(move |tx| {
                accounts.forgive(tx, &places, &owner, now)?;
                if !users::lock_if_unchanged(tx, owner.id, version)? {
                    return Err(Error::InvalidCredentials);
                }
                if let Some(old) = &opened.replaces {
                    sessions::delete_by_token(tx, old)?;
                }
                sessions::insert(tx, &new)?;
                let is_told = match &device {
                    Some(device) => accounts.keep_device(tx, device, &owner, &opened)?,
                    None => false,
                };
                Ok(is_told)
            })
            .await;
        let is_told = match is_told {
            Ok(is_told) => is_told,
            Err(error) => {
                self.settle(reservation).await;
                return Err(error);
            }
        };
        self.is_forgiven(&reservation, &user);
        if is_told {
            self.mail_is_waiting();
        }
        tracing::info!(event = "login.succeeded", user.id = %user.id, session.id = %session.id, client.ip = %opening.ip, "a session was opened");
        Ok(NewSession {
            user,
            session,
            token,
            device: device_token,
        })
    }

    /// The account of an identifier, if it can be one and is.
    pub(crate) async fn find(&self, identifier: &Identifier) -> Result<Option<Credentials>, Error> {
        match identifier.clone() {
            Identifier::Username(key) => self.read(move |tx| users::by_username(tx, &key)).await,
            Identifier::Email(key) => self.read(move |tx| users::by_email(tx, &key)).await,
            Identifier::Unmatchable(_) => Ok(None),
        }
    }

    /// Whether the password is the one of this stored form. Every path costs one hash.
    pub(crate) async fn is_password_of(
        &self,
        stored: Option<&str>,
        password: Option<&Password>,
    ) -> Result<bool, Error> {
        match (stored, password) {
            (Some(stored), Some(password)) => {
                Ok(self.0.hasher.verify(password.expose(), stored).await?)
            }
            (_, password) => {
                self.0
                    .hasher
                    .dummy(password.map_or("", Password::expose))
                    .await?;
                Ok(false)
            }
        }
    }

    /// Hashes the password anew where the stored form is of a lower cost or an older scheme: after the answer,
    /// not when the queue is busy, and never over a change that came in between.
    fn renew_hash(&self, credentials: &Credentials, password: Password) {
        if !self.0.hasher.is_outdated(&credentials.password_hash) || self.0.hasher.is_busy() {
            return;
        }
        let accounts = self.clone();
        let (id, old) = (credentials.user.id, credentials.password_hash.clone());
        tokio::spawn(async move {
            let renewed = async {
                let new = accounts.0.hasher.hash(password.expose()).await?;
                accounts
                    .write(move |tx| Ok(users::renew_password_hash(tx, id, &old, &new)?))
                    .await
            };
            if let Err(error) = renewed.await {
                tracing::warn!(%error, user.id = %id, "could not renew a password hash; the next log-in tries again");
            }
        });
    }
}
