//! Deletes an account at its owner's request.

use crate::{
    domain::credential::password::Password,
    events::SecurityEvent,
    service::{Caller, Error, Service},
    store::{StoreError, tables::users},
};

impl Service {
    /// Deletes the caller's account and every row that belongs to it.
    pub async fn delete_account(
        &self,
        caller: &Caller,
        password: Option<Password>,
    ) -> Result<(), Error> {
        let credentials = self.confirm(caller, password.as_ref()).await?;
        let (user, version) = (credentials.user.id, credentials.password_version);
        let is_deleted = self
            .database
            .write(move |tx| -> Result<_, StoreError> {
                Ok(users::lock_if_unchanged(tx, user, version)? && users::delete(tx, user)?)
            })
            .await?;
        // The password was changed meanwhile, so the one of the request is no longer current.
        if !is_deleted {
            return Err(Error::CurrentPasswordWrong);
        }
        SecurityEvent::UserDeleted { user }.record(&caller.ip);
        Ok(())
    }
}
