//! What owners do with their account besides its password: rename it, delete it.

use crate::{
    domain::{
        account::{user::User, username::Username},
        credential::password::Password,
    },
    service::{Caller, Error, Service},
    store::tables::{pending_sign_ups, users},
};

impl Service {
    /// Gives the caller another username. The one that it has already is no change.
    pub async fn rename(&self, caller: &Caller, username: Username) -> Result<User, Error> {
        if username == caller.user.username {
            return Ok(caller.user.clone());
        }
        let counted = self.count_change(caller).await?;
        let renamed = self.set_username(caller, username).await;
        if renamed.is_err() {
            self.refund_change(counted).await;
        }
        renamed
    }

    async fn set_username(&self, caller: &Caller, username: Username) -> Result<User, Error> {
        let (accounts, now) = (self.clone(), self.0.clock.now());
        let (id, wanted) = (caller.user.id, username.clone());
        if !self
            .write(move |tx| {
                if !users::lock(tx, id)? {
                    return Ok(false);
                }
                let Some(before) = users::by_id(tx, id)? else {
                    return Ok(false);
                };
                // Both names, so that two accounts that swap theirs take turns.
                pending_sign_ups::lock_usernames(tx, [before.user.username.key(), wanted.key()])?;
                accounts.refuse_reserved(tx, &wanted, now)?;
                Ok(users::set_username(tx, id, &wanted)?)
            })
            .await?
        {
            return Err(Error::NotAuthenticated);
        }
        tracing::info!(event = "user.renamed", user.id = %id, client.ip = %caller.ip, "a user name was changed");
        Ok(User {
            username,
            ..caller.user.clone()
        })
    }

    /// Deletes the caller's account and everything that is its own.
    pub async fn delete_account(
        &self,
        caller: &Caller,
        password: Option<Password>,
    ) -> Result<(), Error> {
        let credentials = self.confirmed(caller, password.as_ref()).await?;
        let (id, version) = (credentials.user.id, credentials.password_version);
        let is_deleted = self
            .write(move |tx| {
                Ok(users::lock_if_unchanged(tx, id, version)? && users::delete(tx, id)?)
            })
            .await?;
        // The password was replaced meanwhile: the one that was given is no longer the current one.
        if !is_deleted {
            return Err(Error::CurrentPasswordWrong);
        }
        tracing::info!(event = "user.deleted", user.id = %id, client.ip = %caller.ip, "an account was deleted by its owner");
        Ok(())
    }
}
