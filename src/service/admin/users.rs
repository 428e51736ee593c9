//! What an operator does with accounts from the command line, on the same database while the server runs.

use crate::{
    domain::{
        account::{
            email::Email,
            identifier::Identifier,
            ids::UserId,
            user::{Credentials, User},
            username::Username,
        },
        credential::{challenge::Purpose, password::NewPassword},
    },
    service::{Error, Service, accounts::sign_up::new_user},
    store::tables::{challenges, devices, sessions, users},
};

/// An account to be made without a session.
pub struct NewAccount {
    /// The user name.
    pub username: Username,
    /// The address.
    pub email: Email,
    /// The password.
    pub password: NewPassword,
}

impl Service {
    /// Makes an account by the same rules as a sign-up.
    pub async fn create_account(&self, new: NewAccount) -> Result<User, Error> {
        self.refuse_weak(&new.password, new.username.as_str(), new.email.as_str())
            .await?;
        let password_hash = self.0.hasher.hash(new.password.expose()).await?;
        let (accounts, now) = (self.clone(), self.0.clock.now());
        let user = new_user(new.username, new.email, now);
        let kept = user.clone();
        let made = self
            .write(move |tx| {
                accounts.refuse_reserved(tx, &kept.username, now)?;
                Ok(users::insert(
                    tx,
                    &users::NewUser {
                        user: &kept,
                        password_hash: &password_hash,
                    },
                )?)
            })
            .await;
        match made {
            Err(Error::Taken(found)) => Err(Error::Taken(
                self.all_taken(&user.username, &user.email, found).await?,
            )),
            other => other.map(|()| user),
        }
    }

    /// Up to `limit` accounts by age, from the one after `after`.
    pub async fn list_accounts(
        &self,
        after: Option<UserId>,
        limit: i64,
    ) -> Result<Vec<Credentials>, Error> {
        self.read(move |tx| users::list(tx, after, limit)).await
    }

    /// Shuts an account, ends its sessions and voids what its owner was asked to prove, or opens it again.
    pub async fn set_disabled(&self, name: &str, disabled: bool) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let id = user.id;
        let exists = self
            .write(move |tx| {
                // First the account, so that no session is opened between.
                let exists = users::set_disabled(tx, id, disabled)?;
                if disabled {
                    sessions::delete_others(tx, id, None)?;
                    challenges::delete_by_user(tx, id, &Purpose::ALL)?;
                }
                Ok(exists)
            })
            .await?;
        exists.then_some(user).ok_or(Error::UserNotFound)
    }

    /// Forgives an account's failed log-ins, so that whoever knows the password may log in again from any device.
    pub async fn unlock(&self, name: &str) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let (accounts, owner) = (self.clone(), user.clone());
        self.write(move |tx| Ok(accounts.forgive_all(tx, &owner)?))
            .await?;
        Ok(user)
    }

    /// Replaces an account's password without the current one, ends its sessions, forgets its devices and failed
    /// log-ins, and voids what was asked with the old one.
    pub async fn set_password(&self, name: &str, password: NewPassword) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        self.refuse_weak(&password, user.username.as_str(), user.email.as_str())
            .await?;
        let new = self.0.hasher.hash(password.expose()).await?;
        let (accounts, owner, id) = (self.clone(), user.clone(), user.id);
        let is_changed = self
            .write(move |tx| {
                accounts.forgive_all(tx, &owner)?;
                let is_changed = users::set_password(tx, id, &new)?;
                sessions::delete_others(tx, id, None)?;
                devices::delete_by_user(tx, id)?;
                challenges::delete_by_user(tx, id, &Purpose::ALL)?;
                Ok(is_changed)
            })
            .await?;
        is_changed.then_some(user).ok_or(Error::UserNotFound)
    }

    /// Takes the operator's word that the account's owner reads its mailbox.
    pub async fn verify_email_by_hand(&self, name: &str) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let (id, mailbox) = (user.id, user.email.key().clone());
        let is_verified = self
            .write(move |tx| {
                let is_verified = users::verify_email(tx, id, &mailbox)?;
                challenges::delete_by_user(tx, id, &[Purpose::VerifyEmail])?;
                Ok(is_verified)
            })
            .await?;
        is_verified.then_some(user).ok_or(Error::UserNotFound)
    }

    /// Deletes an account and everything that is its own.
    pub async fn remove_account(&self, name: &str) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let id = user.id;
        let existed = self.write(move |tx| Ok(users::delete(tx, id)?)).await?;
        existed.then_some(user).ok_or(Error::UserNotFound)
    }

    /// Ends every session of an account; how many.
    pub async fn end_sessions_of(&self, name: &str) -> Result<usize, Error> {
        let id = self.account(name).await?.user.id;
        self.write(move |tx| Ok(sessions::delete_others(tx, id, None)?))
            .await
    }

    async fn account(&self, name: &str) -> Result<Credentials, Error> {
        self.find(&Identifier::of(name))
            .await?
            .ok_or(Error::UserNotFound)
    }
}
