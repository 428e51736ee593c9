//! Sends the caller another mail that verifies the account's email.

use crate::service::{Caller, Error, Service};

impl Service {
    /// Sends the caller's mailbox another code and link, if the email is not verified yet.
    pub async fn resend_verification(&self, caller: &Caller) -> Result<(), Error> {
        if caller.user.email_verified {
            return Ok(());
        }
        let (outbox, user, now) = (self.outbox.clone(), caller.user.clone(), self.clock.now());
        let trigger = outbox.trigger(user.email.key(), &caller.client.ip, caller.client.language);
        let exists = self
            .database
            .write(move |tx| outbox.send_verification(tx, &user, trigger, now))
            .await?;
        if !exists {
            return Err(Error::NotAuthenticated);
        }
        self.outbox.wake();
        Ok(())
    }
}
