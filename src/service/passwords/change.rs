//! Changes the password of an account at its owner's request.

use crate::{
    domain::{
        account::user::Credentials,
        credential::{
            challenge::Purpose,
            password::{NewPassword, Password},
        },
        invalid::Invalid,
        message::MessageKind,
    },
    events::SecurityEvent,
    passwords,
    service::{
        Caller, Error, Service,
        sessions::{devices::forget_others, end::revoke_others},
    },
    store::{
        Tx,
        tables::{challenges, users},
    },
};

/// Challenges that lead into the account without its password, or out of its owner's mailbox.
const BYPASSES: &[Purpose] = &[Purpose::ChangeEmail, Purpose::ResetPassword, Purpose::LogIn];

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
        let failure = SecurityEvent::PasswordWrong;
        let credentials = self
            .check_current_password(caller, change.current.as_ref(), failure)
            .await?;
        let owner = &credentials.user;
        let (username, email) = (owner.username.as_str(), owner.email.as_str());
        self.passwords
            .refuse_weak(&change.new, username, email)
            .await?;
        let hash = self.passwords.hash(&change.new).await?;
        let (service, changer) = (self.clone(), caller.clone());
        let is_changed = self
            .database
            .write(move |tx| service.replace_password(tx, &changer, &credentials, &hash))
            .await?;
        self.outbox.wake();
        // Another change was first, so the password of the request is no longer current.
        if !is_changed {
            return Err(Error::CurrentPasswordWrong);
        }
        Ok(())
    }

    /// Returns `false` if another change was first.
    fn replace_password(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        before: &Credentials,
        hash: &str,
    ) -> Result<bool, Error> {
        let (owner, kept, now) = (&before.user, caller.session.id, self.clock.now());
        let user = owner.id;
        if self.second_factor_methods(tx, user)?.is_some() {
            self.lock_confirmed(tx, caller, now)?;
        }
        let is_changed = users::change_password(tx, user, before.password_version, hash, now)?;
        if is_changed {
            challenges::delete_by_user(tx, user, BYPASSES)?;
            let kind = MessageKind::PasswordChanged;
            self.outbox
                .notify(tx, owner, kind, caller.client.language, now)?;
            SecurityEvent::PasswordChanged.record(tx, caller.context(now))?;
            revoke_others(tx, user, Some(kept), caller.context(now))?;
            forget_others(tx, user, Some(kept), caller.context(now))?;
        }
        Ok(is_changed)
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
