//! Deletes an account at its owner's request.

use crate::{
    events::SecurityEvent,
    service::{Caller, Error, Service},
    store::tables::users,
};

impl Service {
    /// Deletes the account of a confirmed caller and every row that belongs to it.
    pub async fn delete_account(&self, caller: &Caller) -> Result<(), Error> {
        let (service, owner, now) = (self.clone(), caller.clone(), self.clock.now());
        let user = caller.user.id;
        self.database
            .write(move |tx| -> Result<(), Error> {
                service.lock_confirmed(tx, &owner, now)?;
                SecurityEvent::UserDeleted.record(tx, owner.context(now))?;
                users::delete(tx, user)?;
                Ok(())
            })
            .await
    }
}
