//! The check of a password behind the throttle: a place is reserved before anything is hashed.

use super::{Caller, Error, Service};
use crate::{
    domain::{account::user::Credentials, client::Client, credential::password::Password},
    events::SecurityEvent,
    store::{
        StoreError,
        tables::{sessions, users},
    },
    throttle::{Attempt, Reservation},
};

impl Service {
    /// Reserves a place for the attempt, then verifies the password of an account. Returns `None`
    /// for a wrong one, which is settled. After a right one, the caller resets or refunds the
    /// reservation.
    pub(super) async fn verify(
        &self,
        attempt: Attempt,
        found: Option<Credentials>,
        password: Option<&Password>,
    ) -> Result<Option<(Credentials, Reservation)>, Error> {
        let stored = found
            .as_ref()
            .map(|credentials| credentials.password_hash.as_str());
        let right = self.verify_stored(attempt, stored, password).await?;
        Ok(found.zip(right))
    }

    /// The same for a stored hash that need not be an account's.
    pub(super) async fn verify_stored(
        &self,
        attempt: Attempt,
        stored: Option<&str>,
        password: Option<&Password>,
    ) -> Result<Option<Reservation>, Error> {
        let reservation = self.throttle.reserve(attempt).await?;
        match self.passwords.verify(stored, password).await {
            Ok(true) => Ok(Some(reservation)),
            Ok(false) => {
                self.throttle.settle(reservation).await?;
                Ok(None)
            }
            Err(error) => {
                self.throttle.refund(reservation).await;
                Err(error.into())
            }
        }
    }

    /// Re-authenticates the caller with the account's password. `failure` is the event of a wrong
    /// one.
    pub(super) async fn check_current_password(
        &self,
        caller: &Caller,
        password: Option<&Password>,
        failure: SecurityEvent,
    ) -> Result<Credentials, Error> {
        let user = caller.user.id;
        let found = self.database.read(move |tx| users::by_id(tx, user)).await?;
        let attempt = self.throttle.confirmation(user, &caller.client);
        match self.verify(attempt, found, password).await? {
            Some((credentials, reservation)) => {
                self.throttle.reset_own(reservation).await;
                Ok(credentials)
            }
            None => Err(self
                .failed_in_session(caller, failure, Error::CurrentPasswordWrong)
                .await?),
        }
    }

    /// Records and counts a failed re-authentication. Returns the error for the client: `error`,
    /// unless there were too many in this session, which is revoked then.
    pub(super) async fn failed_in_session(
        &self,
        caller: &Caller,
        failure: SecurityEvent,
        error: Error,
    ) -> Result<Error, Error> {
        let (throttle, now) = (self.throttle.clone(), self.clock.now());
        let (user, session) = (caller.user.id, caller.session.id);
        let context = caller.context(now);
        let may_go_on = self
            .database
            .write(move |tx| -> Result<bool, StoreError> {
                let may_go_on = throttle.count_session_failure(tx, session, now)?;
                failure.record(tx, context.clone())?;
                if !may_go_on && sessions::delete(tx, user, session, now)? {
                    SecurityEvent::SessionRevoked.record(tx, context)?;
                }
                Ok(may_go_on)
            })
            .await?;
        Ok(if may_go_on {
            error
        } else {
            Error::NotAuthenticated
        })
    }

    /// Returns the result of a request that may have presented a proof of work, and records a
    /// rejected one.
    pub(super) async fn record_rejected_proof<T>(
        &self,
        result: Result<T, Error>,
        client: &Client,
    ) -> Result<T, Error> {
        if let Err(Error::CaptchaInvalid) = result {
            self.throttle.captcha_rejected(client).await?;
        }
        result
    }
}
