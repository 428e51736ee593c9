//! Passwords: which are refused for what they contain, and how an owner replaces theirs.

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
    service::{Caller, Error, Service},
    store::tables::{challenges, devices, sessions, users},
};

/// Challenges that lead into the account past its password, or out of its owner's mailbox.
const WAYS_IN: &[Purpose] = &[Purpose::ChangeEmail, Purpose::ResetPassword];

/// What an owner asks for.
pub struct PasswordChange {
    /// The password that confirms it; `None` where what was sent cannot be anybody's.
    pub current: Option<Password>,
    /// The password that is to hold from now on.
    pub new: NewPassword,
}

impl Service {
    /// Replaces the caller's password. Every other session ends, every other device is forgotten, and other ways into the account
    /// that wait in mailboxes are voided: an attacker who knew the old password keeps none of them.
    pub async fn change_password(
        &self,
        caller: &Caller,
        change: PasswordChange,
    ) -> Result<(), Error> {
        let credentials = self.confirmed(caller, change.current.as_ref()).await?;
        let user = &credentials.user;
        self.refuse_weak(&change.new, user.username.as_str(), user.email.as_str())
            .await?;
        let new = self.0.hasher.hash(change.new.expose()).await?;
        let (id, kept, version) = (user.id, caller.session.id, credentials.password_version);
        let (accounts, now) = (self.clone(), self.0.clock.now());
        let (owner, language) = (user.clone(), caller.language);
        let is_changed = self
            .write(move |tx| {
                let is_changed = users::change_password(tx, id, version, &new)?;
                if is_changed {
                    sessions::delete_others(tx, id, Some(kept))?;
                    devices::delete_others(tx, id, kept)?;
                    challenges::delete_by_user(tx, id, WAYS_IN)?;
                    accounts.notify(tx, &owner, MessageKind::PasswordChanged, language, now)?;
                }
                Ok(is_changed)
            })
            .await?;
        self.mail_is_waiting();
        // Another change came first: the password that was given is no longer the current one.
        if !is_changed {
            return Err(Error::CurrentPasswordWrong);
        }
        tracing::info!(event = "password.changed", user.id = %id, client.ip = %caller.ip, "a password was changed");
        Ok(())
    }

    /// The caller's account, if this is its password.
    pub(crate) async fn confirmed(
        &self,
        caller: &Caller,
        password: Option<&Password>,
    ) -> Result<Credentials, Error> {
        let id = caller.user.id;
        let found = self.read(move |tx| users::by_id(tx, id)).await?;
        let attempt = self.confirmation_attempt(caller);
        let (verified, reservation) = self.tried(attempt, found, password).await?;
        match verified {
            Ok(credentials) => {
                self.confirm(reservation).await;
                Ok(credentials)
            }
            Err(_account) => {
                tracing::warn!(event = "password.wrong", user.id = %id, session.id = %caller.session.id, client.ip = %caller.ip, "a confirmation by password failed");
                Err(Error::CurrentPasswordWrong)
            }
        }
    }

    /// Refuses a password that is its owner's username or email, or a common one.
    pub(crate) async fn refuse_weak(
        &self,
        password: &NewPassword,
        username: &str,
        email: &str,
    ) -> Result<(), Error> {
        if let Some(reason) = password.equals_identity(username, email) {
            return Err(Error::PasswordRefused(reason));
        }
        self.0.hasher.admits()?;
        if self.0.judge.is_common(password, username, email).await? {
            return Err(Error::PasswordRefused(Invalid::PasswordCommon));
        }
        Ok(())
    }

    /// Returns why a password is refused whose request is refused for other fields already, so that all are listed at once. The
    /// username and email are those that are known; a password that cannot be judged now passes.
    pub async fn password_refusal(
        &self,
        password: &NewPassword,
        username: &str,
        email: &str,
    ) -> Option<Invalid> {
        match self.refuse_weak(password, username, email).await {
            Err(Error::PasswordRefused(reason)) => Some(reason),
            Ok(()) | Err(_) => None,
        }
    }
}
