//! Changes the username, the display name and the profile of an account.

use super::pending_sign_up;
use crate::{
    domain::{
        account::{
            change::Change, display_name::DisplayName, ids::UserId, user::User, username::Username,
        },
        event::UpdatedFields,
        json_object::JsonObject,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    service::{Caller, Error, Policy, Service},
    store::{
        StoreError, Tx,
        tables::{pending_sign_ups, users},
    },
};

/// A change of an account by its owner.
pub struct AccountChange {
    /// The new username.
    pub username: Option<Username>,
    /// The change of the name to show.
    pub display_name: Change<DisplayName>,
    /// The change of the owner's own data.
    pub profile: Change<JsonObject>,
}

impl Service {
    /// Changes the caller's account in one transaction. The present username is no change.
    pub async fn update_account(
        &self,
        caller: &Caller,
        mut change: AccountChange,
    ) -> Result<User, Error> {
        let present = &caller.user.username;
        change.username = change.username.filter(|username| username != present);
        if change.username.is_none() {
            return self.write_change(caller, change).await;
        }
        let counted = self
            .throttle
            .count_change(caller.user.id, &caller.client)
            .await?;
        let updated = self.write_change(caller, change).await;
        if updated.is_err() {
            self.throttle.refund_change(counted).await;
        }
        updated
    }

    async fn write_change(&self, caller: &Caller, change: AccountChange) -> Result<User, Error> {
        let (is_renamed, is_updated) = (change.username.is_some(), change.has_attributes());
        if !is_renamed && !is_updated {
            return Ok(caller.user.clone());
        }
        let (policy, now, user) = (self.policy.clone(), self.clock.now(), caller.user.id);
        let context = caller.context(now);
        let updated = self
            .database
            .write(move |tx| -> Result<_, StoreError> {
                if !users::lock(tx, user)? {
                    return Ok(None);
                }
                if let Some(username) = &change.username {
                    rename(tx, &policy, user, username, now)?;
                }
                change.write_attributes(tx, user, now)?;
                if is_renamed {
                    SecurityEvent::UserRenamed.record(tx, context.clone())?;
                }
                if is_updated {
                    let fields = UpdatedFields::Profile;
                    SecurityEvent::UserUpdated { fields }.record(tx, context)?;
                }
                users::by_id(tx, user)
            })
            .await?;
        let updated = updated.ok_or(Error::NotAuthenticated)?;
        Ok(updated.user)
    }
}

impl AccountChange {
    const fn has_attributes(&self) -> bool {
        !(self.display_name.is_keep() && self.profile.is_keep())
    }

    fn write_attributes(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match &self.display_name {
            Change::Keep => {}
            Change::Clear => users::set_display_name(tx, user, None, now)?,
            Change::Set(name) => users::set_display_name(tx, user, Some(name), now)?,
        }
        match &self.profile {
            Change::Keep => Ok(()),
            Change::Clear => users::set_profile(tx, user, &JsonObject::default(), now),
            Change::Set(profile) => users::set_profile(tx, user, profile, now),
        }
    }
}

/// Changes the username of an account whose row is locked.
pub(in crate::service) fn rename(
    tx: &mut Tx<'_>,
    policy: &Policy,
    user: UserId,
    wanted: &Username,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(before) = users::by_id(tx, user)? {
        // Both names are locked, so two accounts that swap names take turns.
        pending_sign_ups::lock_usernames(tx, [before.user.username.key(), wanted.key()])?;
    }
    pending_sign_up::refuse_reserved(tx, policy, wanted, now)?;
    users::set_username(tx, user, wanted, now)?;
    Ok(())
}
