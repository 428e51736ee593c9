//! Signups and changes whose username or email is in use.

use super::sign_up::SignUp;
use crate::{
    domain::{account::ids::UserId, message::MessageKind, modes::EmailVerification},
    service::{Error, Service, Unique},
    store::tables::users::{self, UniqueKeys},
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

    /// Returns which of the unique values other accounts than `except` have, and those that were
    /// found to be in use. The database stops at the first violation; the client is to mend all at
    /// once.
    pub(in crate::service) async fn all_taken(
        &self,
        keys: UniqueKeys,
        except: Option<UserId>,
        found: Vec<Unique>,
    ) -> Result<Vec<Unique>, Error> {
        let taken = self
            .database
            .read(move |tx| users::taken_keys(tx, &keys, except))
            .await?;
        let listed = [Unique::Username, Unique::Email, Unique::ExternalId];
        let is_taken = |unique: &Unique| taken.contains(unique) || found.contains(unique);
        let all: Vec<_> = listed.into_iter().filter(is_taken).collect();
        Ok(if all.is_empty() { found } else { all })
    }
}
