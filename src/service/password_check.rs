//! The check of a password behind the throttle: a place is reserved before anything is hashed.

use super::{Caller, Error, Service};
use crate::{
    domain::{
        account::{ids::UserId, user::Credentials},
        credential::password::Password,
    },
    events::SecurityEvent,
    store::{
        StoreError,
        tables::{sessions, users},
    },
    throttle::{Attempt, Reservation},
};

/// The result of a password check.
pub(super) enum Verified {
    /// The password is the account's.
    Accepted(Box<Credentials>),
    /// The password is wrong, or no account exists.
    Rejected {
        /// The account.
        account: Option<UserId>,
    },
}

impl Service {
    /// Reserves a place for the attempt, then verifies the password of an account. A wrong
    /// password is settled. After a right one, the caller resets or refunds the reservation.
    pub(super) async fn verify(
        &self,
        attempt: Attempt,
        found: Option<Credentials>,
        password: Option<&Password>,
    ) -> Result<(Verified, Reservation), Error> {
        let stored = found
            .as_ref()
            .map(|credentials| credentials.password_hash.as_str());
        let (is_right, reservation) = self.verify_stored(attempt, stored, password).await?;
        let verified = match found {
            Some(credentials) if is_right => Verified::Accepted(Box::new(credentials)),
            found => Verified::Rejected {
                account: found.map(|credentials| credentials.user.id),
            },
        };
        Ok((verified, reservation))
    }

    /// The same for a stored hash that need not be an account's.
    pub(super) async fn verify_stored(
        &self,
        attempt: Attempt,
        stored: Option<&str>,
        password: Option<&Password>,
    ) -> Result<(bool, Reservation), Error> {
        let reservation = self.throttle.reserve(attempt).await?;
        match self.passwords.verify(stored, password).await {
            Ok(true) => Ok((true, reservation)),
            Ok(false) => Ok((false, self.throttle.settle(reservation).await)),
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
        let attempt = self.throttle.confirmation(user, &caller.ip);
        let (verified, reservation) = self.verify(attempt, found, password).await?;
        match verified {
            Verified::Accepted(credentials) => {
                self.throttle.reset_own(reservation).await;
                Ok(*credentials)
            }
            Verified::Rejected { .. } => {
                failure.record(&caller.ip);
                Err(self
                    .failed_in_session(caller, Error::CurrentPasswordWrong)
                    .await?)
            }
        }
    }

    /// Counts a failed re-authentication. Returns the error for the client: `error`, unless there
    /// were too many in this session, which is revoked then.
    pub(super) async fn failed_in_session(
        &self,
        caller: &Caller,
        error: Error,
    ) -> Result<Error, Error> {
        let (throttle, now) = (self.throttle.clone(), self.clock.now());
        let (user, session) = (caller.user.id, caller.session.id);
        let may_go_on = self
            .database
            .write(move |tx| -> Result<bool, StoreError> {
                let may_go_on = throttle.count_session_failure(tx, session, now)?;
                if !may_go_on {
                    sessions::delete(tx, user, session, now)?;
                }
                Ok(may_go_on)
            })
            .await?;
        if may_go_on {
            return Ok(error);
        }
        SecurityEvent::SessionRevoked { user, session }.record(&caller.ip);
        Ok(Error::NotAuthenticated)
    }
}
