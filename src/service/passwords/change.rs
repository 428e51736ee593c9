//! Changes the password of an account at its owner's request.

use crate::{
    domain::{
        credential::{
            challenge::Purpose,
            password::{NewPassword, Password},
        },
        invalid::Invalid,
        message::MessageKind,
    },
    events::SecurityEvent,
    passwords,
    service::{Caller, Error, Service},
    store::{
        StoreError,
        tables::{challenges, devices, sessions, users},
    },
};

/// Challenges that lead into the account without its password, or out of its owner's mailbox.
const BYPASSES: &[Purpose] = &[Purpose::ChangeEmail, Purpose::ResetPassword];

/// A change of password.
pub struct PasswordChange {
    /// The current password; `None` if no account can have the one of the request.
    pub current: Option<Password>,
    /// The new password.
    pub new: NewPassword,
}

impl Service {
    /// Changes the caller's password. Every other session is revoked, every other device is
    /// forgotten, and challenges that bypass the password are voided: an attacker who knew the old
    /// password keeps none of them.
    pub async fn change_password(
        &self,
        caller: &Caller,
        change: PasswordChange,
    ) -> Result<(), Error> {
        let credentials = self.confirm(caller, change.current.as_ref()).await?;
        let owner = credentials.user;
        let (username, email) = (owner.username.as_str(), owner.email.as_str());
        self.passwords
            .refuse_weak(&change.new, username, email)
            .await?;
        let new = self.passwords.hash(&change.new).await?;
        let (user, kept, version) = (owner.id, caller.session.id, credentials.password_version);
        let (outbox, language, now) = (self.outbox.clone(), caller.language, self.clock.now());
        let is_changed = self
            .database
            .write(move |tx| -> Result<bool, StoreError> {
                let is_changed = users::change_password(tx, user, version, &new)?;
                if is_changed {
                    sessions::delete_others(tx, user, Some(kept))?;
                    devices::delete_others(tx, user, kept)?;
                    challenges::delete_by_user(tx, user, BYPASSES)?;
                    outbox.notify(tx, &owner, MessageKind::PasswordChanged, language, now)?;
                }
                Ok(is_changed)
            })
            .await?;
        self.outbox.wake();
        // Another change was first, so the password of the request is no longer current.
        if !is_changed {
            return Err(Error::CurrentPasswordWrong);
        }
        SecurityEvent::PasswordChanged { user }.record(&caller.ip);
        Ok(())
    }

    /// Returns the refusal of a password whose request is refused for other fields already, so that
    /// one response lists all of them. A password that cannot be rated now passes.
    pub async fn password_refusal(
        &self,
        password: &NewPassword,
        username: &str,
        email: &str,
    ) -> Option<Invalid> {
        let strong = self.passwords.refuse_weak(password, username, email);
        match strong.await {
            Err(passwords::Error::Weak(reason)) => Some(reason),
            Ok(()) | Err(_) => None,
        }
    }
}
