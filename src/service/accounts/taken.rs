//! Signups and changes whose username or email is in use.

use super::sign_up::SignUp;
use crate::{
    domain::{
        account::{email::Email, username::Username},
        message::MessageKind,
        modes::EmailVerification,
    },
    service::{Error, Service, Unique},
    store::tables::users,
};

impl Service {
    /// Sends the owner of an email a notice of a signup with that email.
    pub(super) async fn notify_owner(&self, sign_up: &SignUp) -> Result<(), Error> {
        if self.policy.email_verification == EmailVerification::Off {
            return Ok(());
        }
        let (outbox, now) = (self.outbox.clone(), self.clock.now());
        let (mailbox, opening) = (sign_up.email.key().clone(), &sign_up.opening);
        let trigger = outbox.trigger(&mailbox, &opening.client.ip, opening.client.language);
        self.database
            .write(move |tx| {
                let kind = MessageKind::AccountExists;
                let counted = trigger.counted(kind, &mailbox);
                match users::by_email(tx, &mailbox)? {
                    Some(owner) if outbox.admits(tx, &counted, now)? => {
                        outbox.notify(tx, &owner.user, kind, trigger.language, now)
                    }
                    Some(_) | None => Ok(()),
                }
            })
            .await?;
        self.outbox.wake();
        Ok(())
    }

    /// Returns which of username and email are in use. The database stops at the first violation;
    /// the client is to mend both at once.
    pub(in crate::service) async fn all_taken(
        &self,
        username: &Username,
        email: &Email,
        found: Vec<Unique>,
    ) -> Result<Vec<Unique>, Error> {
        let (username, email) = (username.key().clone(), email.key().clone());
        let all = self
            .database
            .read(move |tx| users::taken_keys(tx, &username, &email))
            .await?;
        Ok(if all.is_empty() { found } else { all })
    }
}
