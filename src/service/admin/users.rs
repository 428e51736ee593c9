//! Manages accounts for an operator, on the same database while the server runs.

use crate::{
    domain::{
        account::{
            email::Email,
            identifier::Identifier,
            ids::UserId,
            roles::Roles,
            user::{Credentials, User},
            username::Username,
        },
        credential::{challenge::Purpose, password::NewPassword},
        event::{EventContext, UpdatedFields},
        json_object::JsonObject,
    },
    events::SecurityEvent,
    service::{
        Error, Service,
        accounts::{pending_sign_up, sign_up::new_user},
        sessions::{devices::forget_others, end::revoke_others},
    },
    store::{
        StoreError, Tx,
        tables::{challenges, second_factor_challenges, users},
    },
};

/// An account to be created without a session.
pub struct NewAccount {
    /// The username.
    pub username: Username,
    /// The email.
    pub email: Email,
    /// The password.
    pub password: NewPassword,
    /// The roles.
    pub roles: Roles,
}

impl Service {
    /// Creates an account by the rules of a signup.
    pub async fn create_account(&self, new: NewAccount) -> Result<User, Error> {
        self.passwords
            .refuse_weak(&new.password, new.username.as_str(), new.email.as_str())
            .await?;
        let password_hash = self.passwords.hash(&new.password).await?;
        let (policy, now) = (self.policy.clone(), self.clock.now());
        let mut user = new_user(new.username, new.email, now);
        user.attributes.roles = new.roles;
        let (inserted, context) = (user.clone(), EventContext::operator(Some(user.id), now));
        let created = self
            .database
            .write(move |tx| -> Result<(), Error> {
                pending_sign_up::refuse_reserved(tx, &policy, &inserted.username, now)?;
                users::insert(
                    tx,
                    &users::NewUser {
                        user: &inserted,
                        password_hash: &password_hash,
                    },
                )?;
                Ok(SecurityEvent::UserCreated.record(tx, context)?)
            })
            .await;
        match created {
            Err(Error::Taken(found)) => Err(Error::Taken(
                self.all_taken(&user.username, &user.email, found).await?,
            )),
            other => other.map(|()| user),
        }
    }

    /// Disables an account, revokes its sessions and voids its challenges; or enables it again.
    pub async fn set_disabled(&self, name: &str, disabled: bool) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let id = user.id;
        let event = if disabled {
            SecurityEvent::UserDisabled
        } else {
            SecurityEvent::UserEnabled
        };
        self.change_account(user, event, move |tx, context| {
            // The account first, so that no session is opened in between.
            let exists = users::set_disabled(tx, id, disabled, context.at)?;
            if disabled {
                revoke_others(tx, id, None, context.clone())?;
                challenges::delete_by_user(tx, id, &Purpose::ALL)?;
                second_factor_challenges::delete_by_user(tx, id)?;
            }
            Ok(exists)
        })
        .await
    }

    /// Resets the failed logins of an account, so that its owner can log in from any device.
    pub async fn unlock(&self, name: &str) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let (throttle, owner) = (self.throttle.clone(), user.clone());
        let event = SecurityEvent::UserUpdated {
            fields: UpdatedFields::Failures,
        };
        self.change_account(user, event, move |tx, _| {
            throttle.reset_account(tx, &owner)?;
            users::lock(tx, owner.id)
        })
        .await
    }

    /// Sets an account's password without the current one, revokes its sessions, forgets its
    /// devices and failed logins, and voids its challenges.
    pub async fn set_password(&self, name: &str, password: NewPassword) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        self.passwords
            .refuse_weak(&password, user.username.as_str(), user.email.as_str())
            .await?;
        let new = self.passwords.hash(&password).await?;
        let (throttle, owner, id) = (self.throttle.clone(), user.clone(), user.id);
        self.change_account(user, SecurityEvent::PasswordChanged, move |tx, context| {
            throttle.reset_account(tx, &owner)?;
            let is_set = users::set_password(tx, id, &new, context.at)?;
            revoke_others(tx, id, None, context.clone())?;
            forget_others(tx, id, None, context.clone())?;
            challenges::delete_by_user(tx, id, &Purpose::ALL)?;
            Ok(is_set)
        })
        .await
    }

    /// Marks an account's email as verified, at the operator's word.
    pub async fn verify_email_by_hand(&self, name: &str) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let (id, mailbox) = (user.id, user.email.key().clone());
        self.change_account(user, SecurityEvent::EmailVerified, move |tx, context| {
            let is_verified = users::verify_email(tx, id, &mailbox, context.at)?;
            challenges::delete_by_user(tx, id, &[Purpose::VerifyEmail])?;
            Ok(is_verified)
        })
        .await
    }

    /// Replaces the roles of an account.
    pub async fn set_roles(&self, name: &str, roles: Roles) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let (id, fields) = (user.id, UpdatedFields::Roles);
        let event = SecurityEvent::UserUpdated { fields };
        self.change_account(user, event, move |tx, context| {
            users::set_roles(tx, id, &roles, context.at)
        })
        .await
    }

    /// Replaces the metadata of an account.
    pub async fn set_metadata(&self, name: &str, metadata: JsonObject) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let (id, fields) = (user.id, UpdatedFields::Metadata);
        let event = SecurityEvent::UserUpdated { fields };
        self.change_account(user, event, move |tx, context| {
            users::set_metadata(tx, id, &metadata, context.at)
        })
        .await
    }

    /// Returns the account with this username or email.
    pub async fn find_account(&self, name: &str) -> Result<User, Error> {
        Ok(self.account(name).await?.user)
    }

    /// Deletes an account and every row that belongs to it. The id names the account, because the
    /// username may be another account's by now.
    pub async fn remove_account(&self, id: UserId) -> Result<(), Error> {
        let context = EventContext::operator(Some(id), self.clock.now());
        self.database
            .write(move |tx| {
                if !users::lock(tx, id)? {
                    return Err(Error::UserNotFound);
                }
                SecurityEvent::UserDeleted.record(tx, context)?;
                users::delete(tx, id)?;
                Ok(())
            })
            .await
    }

    /// Revokes every session of an account, and returns their number.
    pub async fn end_sessions_of(&self, name: &str) -> Result<usize, Error> {
        let id = self.account(name).await?.user.id;
        let context = EventContext::operator(Some(id), self.clock.now());
        let ended = self
            .database
            .write(move |tx| revoke_others(tx, id, None, context));
        Ok(ended.await?)
    }

    /// Changes an account and records the change, if the account still exists. `change` returns
    /// whether it does.
    async fn change_account(
        &self,
        user: User,
        event: SecurityEvent,
        change: impl FnOnce(&mut Tx<'_>, &EventContext) -> Result<bool, StoreError> + Send + 'static,
    ) -> Result<User, Error> {
        let context = EventContext::operator(Some(user.id), self.clock.now());
        self.database
            .write(move |tx| {
                if !change(tx, &context)? {
                    return Err(Error::UserNotFound);
                }
                Ok(event.record(tx, context)?)
            })
            .await?;
        Ok(user)
    }

    pub(super) async fn account(&self, name: &str) -> Result<Credentials, Error> {
        self.find(&Identifier::of(name))
            .await?
            .ok_or(Error::UserNotFound)
    }
}
