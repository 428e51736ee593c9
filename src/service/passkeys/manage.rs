//! Renames and removes passkeys of the caller.

use crate::{
    domain::{
        account::{display_name::DisplayName, ids::PasskeyId},
        credential::passkey::Passkey,
        message::MessageKind,
    },
    events::SecurityEvent,
    service::{Caller, Error, PasskeyError, Service, second_factors::recovery_codes},
    store::tables::{passkeys, second_factors},
};

impl Service {
    /// Renames a passkey of the caller.
    pub async fn rename_passkey(
        &self,
        caller: &Caller,
        id: PasskeyId,
        name: DisplayName,
    ) -> Result<Passkey, Error> {
        let user = caller.user.id;
        let renamed = self
            .database
            .write(move |tx| passkeys::set_name(tx, user, id, &name))
            .await?;
        renamed.ok_or(Error::Passkey(PasskeyError::NotFound))
    }

    /// Removes a passkey of the caller. With the last second factor, the recovery codes and the
    /// trust in devices go.
    pub async fn remove_passkey(&self, caller: &Caller, id: PasskeyId) -> Result<(), Error> {
        let (service, language, now) = (self.clone(), caller.client.language, self.clock.now());
        let confirmed = caller.clone();
        self.database
            .write(move |tx| {
                let owner = service.lock_confirmed(tx, &confirmed, now)?;
                if !passkeys::delete(tx, owner.id, id)? {
                    return Err(Error::Passkey(PasskeyError::NotFound));
                }
                second_factors::bump(tx, owner.id)?;
                recovery_codes::remove_without_factor(tx, owner.id)?;
                let kind = MessageKind::PasskeyRemoved;
                service.outbox.notify(tx, &owner, kind, language, now)?;
                let event = SecurityEvent::PasskeyRemoved { passkey: id };
                Ok(event.record(tx, confirmed.context(now))?)
            })
            .await?;
        self.outbox.wake();
        Ok(())
    }
}
