//! The check of a password behind the throttle: a place is reserved before anything is hashed.

use super::{Caller, Error, Service};
use crate::{
    domain::{
        account::{ids::UserId, user::Credentials},
        credential::password::Password,
    },
    events::SecurityEvent,
    store::tables::users,
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

    /// Re-authenticates the caller with the account's password.
    pub(super) async fn confirm(
        &self,
        caller: &Caller,
        password: Option<&Password>,
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
                let session = caller.session.id;
                SecurityEvent::PasswordWrong { user, session }.record(&caller.ip);
                Err(Error::CurrentPasswordWrong)
            }
        }
    }
}
