//! Changes the username of an account.

use super::pending_sign_up;
use crate::{
    domain::account::{user::User, username::Username},
    events::SecurityEvent,
    service::{Caller, Error, Service},
    store::tables::{pending_sign_ups, users},
};

impl Service {
    /// Gives the caller's account another username. The present username is no change.
    pub async fn rename(&self, caller: &Caller, username: Username) -> Result<User, Error> {
        if username == caller.user.username {
            return Ok(caller.user.clone());
        }
        let counted = self
            .throttle
            .count_change(caller.user.id, &caller.ip)
            .await?;
        let renamed = self.set_username(caller, username).await;
        if renamed.is_err() {
            self.throttle.refund_change(counted).await;
        }
        renamed
    }

    async fn set_username(&self, caller: &Caller, username: Username) -> Result<User, Error> {
        let (policy, now) = (self.policy.clone(), self.clock.now());
        let (user, wanted) = (caller.user.id, username.clone());
        let is_renamed = self
            .database
            .write(move |tx| {
                if !users::lock(tx, user)? {
                    return Ok(false);
                }
                let Some(before) = users::by_id(tx, user)? else {
                    return Ok(false);
                };
                // Both names are locked, so two accounts that swap names take turns.
                pending_sign_ups::lock_usernames(tx, [before.user.username.key(), wanted.key()])?;
                pending_sign_up::refuse_reserved(tx, &policy, &wanted, now)?;
                users::set_username(tx, user, &wanted)
            })
            .await?;
        if !is_renamed {
            return Err(Error::NotAuthenticated);
        }
        SecurityEvent::UserRenamed { user }.record(&caller.ip);
        Ok(User {
            username,
            ..caller.user.clone()
        })
    }
}
