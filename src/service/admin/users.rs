//! Manages accounts for an administrator, on the same database while the server runs.

use crate::{
    domain::{
        account::{ids::UserId, roles::Roles, user::User},
        credential::{challenge::Purpose, password::NewPassword},
        event::{EventContext, UpdatedFields},
        json_object::JsonObject,
    },
    events::SecurityEvent,
    passwords::ImportedHash,
    service::{
        AccountName, Administrator, Error, Service,
        sessions::{devices::forget_others, end::revoke_others},
    },
    store::{
        StoreError, Tx,
        tables::{challenges, second_factor_challenges, users},
    },
};

impl Service {
    /// Disables an account, revokes its sessions and voids its challenges; or enables it again.
    pub async fn set_disabled(
        &self,
        by: &Administrator,
        name: &AccountName,
        disabled: bool,
    ) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let id = user.id;
        self.change_account(by, &user, move |tx, context| {
            set_disabled(tx, id, disabled, context)
        })
        .await?;
        Ok(user)
    }

    /// Resets the failed logins of an account, so that its owner can log in from any device.
    pub async fn unlock(&self, by: &Administrator, name: &AccountName) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let (throttle, owner) = (self.throttle.clone(), user.clone());
        self.change_account(by, &user, move |tx, context| {
            throttle.reset_account(tx, &owner)?;
            let exists = users::lock(tx, owner.id)?;
            let fields = UpdatedFields::Failures;
            record(tx, exists, SecurityEvent::UserUpdated { fields }, context)
        })
        .await?;
        Ok(user)
    }

    /// Sets an account's password without the current one, revokes its sessions, forgets its
    /// devices and failed logins, and voids its challenges.
    pub async fn set_password(
        &self,
        by: &Administrator,
        name: &AccountName,
        password: NewPassword,
    ) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        self.passwords
            .refuse_weak(&password, user.username.as_str(), user.email.as_str())
            .await?;
        let hash = self.passwords.hash(&password).await?;
        self.replace_password_hash(by, &user, hash).await?;
        Ok(user)
    }

    /// Sets an account's password to that of a hash, with the same effects. The rules of passwords
    /// do not apply, because the password is not known.
    pub async fn set_password_hash(
        &self,
        by: &Administrator,
        name: &AccountName,
        hash: &str,
    ) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let hash = self.recognize_hash(hash)?;
        self.replace_password_hash(by, &user, hash).await?;
        Ok(user)
    }

    /// Returns the text to store for a password hash of another system or of this service.
    pub(super) fn recognize_hash(&self, hash: &str) -> Result<String, Error> {
        let recognized = self.passwords.recognize(hash);
        recognized
            .map(ImportedHash::into_string)
            .map_err(Error::PasswordHashRefused)
    }

    /// Replaces the stored form of an account's password, and ends all that the old one led to.
    pub(super) async fn replace_password_hash(
        &self,
        by: &Administrator,
        user: &User,
        hash: String,
    ) -> Result<(), Error> {
        let (throttle, owner, id) = (self.throttle.clone(), user.clone(), user.id);
        self.change_account(by, user, move |tx, context| {
            throttle.reset_account(tx, &owner)?;
            let is_set = users::set_password(tx, id, &hash, context.at)?;
            revoke_others(tx, id, None, context.clone())?;
            forget_others(tx, id, None, context.clone())?;
            challenges::delete_by_user(tx, id, &Purpose::ALL)?;
            record(tx, is_set, SecurityEvent::PasswordChanged, context)
        })
        .await
    }

    /// Marks an account's email as verified, at the operator's word.
    pub async fn verify_email_by_hand(
        &self,
        by: &Administrator,
        name: &AccountName,
    ) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let owner = user.clone();
        self.change_account(by, &user, move |tx, context| {
            set_verified(tx, &owner, true, context)
        })
        .await?;
        Ok(user)
    }

    /// Replaces the roles of an account.
    pub async fn set_roles(
        &self,
        by: &Administrator,
        name: &AccountName,
        roles: Roles,
    ) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let id = user.id;
        self.change_account(by, &user, move |tx, context| {
            let exists = users::set_roles(tx, id, &roles, context.at)?;
            let fields = UpdatedFields::Roles;
            record(tx, exists, SecurityEvent::UserUpdated { fields }, context)
        })
        .await?;
        Ok(user)
    }

    /// Replaces the metadata of an account.
    pub async fn set_metadata(
        &self,
        by: &Administrator,
        name: &AccountName,
        metadata: JsonObject,
    ) -> Result<User, Error> {
        let user = self.account(name).await?.user;
        let id = user.id;
        self.change_account(by, &user, move |tx, context| {
            let exists = users::set_metadata(tx, id, &metadata, context.at)?;
            let fields = UpdatedFields::Metadata;
            record(tx, exists, SecurityEvent::UserUpdated { fields }, context)
        })
        .await?;
        Ok(user)
    }

    /// Deletes an account and every row that belongs to it. The id names the account, because the
    /// username may be another account's by now.
    pub async fn remove_account(&self, by: &Administrator, id: UserId) -> Result<(), Error> {
        let context = by.context(Some(id), self.clock.now());
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

    /// Changes an account in one transaction, if it still exists. `change` returns whether it does.
    async fn change_account(
        &self,
        by: &Administrator,
        user: &User,
        change: impl FnOnce(&mut Tx<'_>, &EventContext) -> Result<bool, StoreError> + Send + 'static,
    ) -> Result<(), Error> {
        let context = by.context(Some(user.id), self.clock.now());
        self.database
            .write(move |tx| {
                if change(tx, &context)? {
                    Ok(())
                } else {
                    Err(Error::UserNotFound)
                }
            })
            .await
    }
}

/// Records the event of a change, if the account exists. Returns whether it does.
pub(super) fn record(
    tx: &mut Tx<'_>,
    exists: bool,
    event: SecurityEvent,
    context: &EventContext,
) -> Result<bool, StoreError> {
    if exists {
        event.record(tx, context.clone())?;
    }
    Ok(exists)
}

/// Disables an account, revokes its sessions and voids its challenges; or enables it again. Returns
/// whether it exists.
pub(super) fn set_disabled(
    tx: &mut Tx<'_>,
    id: UserId,
    disabled: bool,
    context: &EventContext,
) -> Result<bool, StoreError> {
    // The account first, so that no session is opened in between.
    let exists = users::set_disabled(tx, id, disabled, context.at)?;
    if !disabled {
        return record(tx, exists, SecurityEvent::UserEnabled, context);
    }
    revoke_others(tx, id, None, context.clone())?;
    challenges::delete_by_user(tx, id, &Purpose::ALL)?;
    second_factor_challenges::delete_by_user(tx, id)?;
    record(tx, exists, SecurityEvent::UserDisabled, context)
}

/// Marks the email of an account as verified or not. Returns whether the account has it still.
pub(super) fn set_verified(
    tx: &mut Tx<'_>,
    user: &User,
    is_verified: bool,
    context: &EventContext,
) -> Result<bool, StoreError> {
    let (mailbox, now) = (user.email.key(), context.at);
    let exists = users::set_email_verified(tx, user.id, mailbox, is_verified, now)?;
    if !is_verified {
        let fields = UpdatedFields::Verification;
        return record(tx, exists, SecurityEvent::UserUpdated { fields }, context);
    }
    challenges::delete_by_user(tx, user.id, &[Purpose::VerifyEmail])?;
    record(tx, exists, SecurityEvent::EmailVerified, context)
}
