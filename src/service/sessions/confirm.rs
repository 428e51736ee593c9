//! Confirms sessions: the owner presents every factor again before a change that could lock the
//! owner out.

use crate::{
    domain::{account::user::User, credential::password::Password, timestamp::Timestamp},
    events::SecurityEvent,
    service::{Caller, Error, Service},
    store::{
        Tx,
        tables::{sessions, users},
    },
};

/// A confirmation of the caller's session.
pub struct Confirmation {
    /// The current password; `None` if no account can have the one of the request.
    pub password: Option<Password>,
}

impl Service {
    /// Confirms the caller's session. The methods and the time of its login stay the same.
    pub async fn confirm_session(
        &self,
        caller: &Caller,
        confirmation: Confirmation,
    ) -> Result<(), Error> {
        let (user, session) = (caller.user.id, caller.session.id);
        let failure = SecurityEvent::ConfirmationFailed { user, session };
        let password = confirmation.password.as_ref();
        let credentials = self
            .check_current_password(caller, password, failure)
            .await?;
        let (service, now) = (self.clone(), self.clock.now());
        let version = credentials.password_version;
        self.database
            .write(move |tx| -> Result<(), Error> {
                if !users::lock_if_unchanged(tx, user, version)? {
                    return Err(Error::CurrentPasswordWrong);
                }
                if let Some(methods) = service.second_factor_methods(tx, user)? {
                    return Err(Error::ConfirmationRequired(Some(methods)));
                }
                if sessions::confirm(tx, session, now)? {
                    Ok(())
                } else {
                    Err(Error::NotAuthenticated)
                }
            })
            .await?;
        SecurityEvent::ConfirmationSucceeded { user, session }.record(&caller.ip);
        Ok(())
    }

    /// Returns an error unless the caller's session is confirmed.
    pub async fn require_confirmation(&self, caller: &Caller) -> Result<(), Error> {
        if caller.session.is_confirmed(self.clock.now()) {
            return Ok(());
        }
        let (service, user) = (self.clone(), caller.user.id);
        let methods = self
            .database
            .read(move |tx| service.second_factor_methods(tx, user))
            .await?;
        Err(Error::ConfirmationRequired(methods))
    }

    /// Returns an error if the caller's account has a second factor and the session is not
    /// confirmed.
    pub async fn require_confirmation_of_second_factor(
        &self,
        caller: &Caller,
    ) -> Result<(), Error> {
        match self.require_confirmation(caller).await {
            Err(Error::ConfirmationRequired(None)) => Ok(()),
            other => other,
        }
    }

    /// Locks the caller's account and returns it, unless the session was revoked or its
    /// confirmation ended since the request arrived.
    pub(in crate::service) fn lock_confirmed(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<User, Error> {
        users::lock(tx, caller.user.id)?;
        let found = sessions::by_id(tx, caller.session.id, now)?;
        let found = found.ok_or(Error::NotAuthenticated)?;
        if found.session.is_confirmed(now) {
            Ok(found.user)
        } else {
            let methods = self.second_factor_methods(tx, found.user.id)?;
            Err(Error::ConfirmationRequired(methods))
        }
    }
}
