//! Registers a passkey of the caller.

use crate::{
    domain::{
        account::{display_name::DisplayName, ids::PasskeyId},
        credential::{
            passkey::{PASSKEYS_PER_ACCOUNT, Passkey},
            recovery_code::RecoveryCode,
        },
        message::MessageKind,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    passkeys::{CeremonyPurpose, OpenedCeremony, PasskeyProof},
    random,
    service::{
        Caller, Error, PasskeyError, Service,
        second_factors::{account_lock::factor_added, assertion::rejected, recovery_codes},
    },
    store::{
        Tx,
        tables::{ceremony_uses, passkeys, second_factors},
    },
};

/// A passkey to register.
pub struct NewPasskey {
    /// The response of the authenticator.
    pub response: PasskeyProof,
    /// The owner's name for it.
    pub name: DisplayName,
}

/// A passkey that was just registered.
#[derive(Debug)]
pub struct RegisteredPasskey {
    /// The passkey.
    pub passkey: Passkey,
    /// Recovery codes, if it is the account's first second factor.
    pub recovery_codes: Option<Vec<RecoveryCode>>,
}

impl Service {
    /// Registers a passkey whose ceremony the caller's session started.
    pub async fn register_passkey(
        &self,
        caller: &Caller,
        new: NewPasskey,
    ) -> Result<RegisteredPasskey, Error> {
        let (service, now, language) = (self.clone(), self.clock.now(), caller.client.language);
        let (passkey, ceremony) = self.verify_registration(caller, new, now)?;
        let caller = caller.clone();
        let registered = self
            .database
            .write(move |tx| {
                let owner = service.lock_set_up(tx, &caller, now)?;
                let recovery_codes = insert(tx, &passkey, &ceremony, now)?;
                factor_added(tx, &caller)?;
                let kind = MessageKind::PasskeyAdded;
                service.outbox.notify(tx, &owner, kind, language, now)?;
                let event = SecurityEvent::PasskeyAdded {
                    passkey: passkey.id,
                };
                event.record(tx, caller.context(now))?;
                Ok::<_, Error>(RegisteredPasskey {
                    passkey,
                    recovery_codes,
                })
            })
            .await?;
        self.outbox.wake();
        Ok(registered)
    }

    fn verify_registration(
        &self,
        caller: &Caller,
        new: NewPasskey,
        now: Timestamp,
    ) -> Result<(Passkey, OpenedCeremony), Error> {
        let party = self.configured_party()?;
        let user_id = caller.user.id;
        let purpose = CeremonyPurpose::Registration(user_id, caller.session.id);
        let ceremony = self.passkeys.open(&new.response.ceremony, purpose, now);
        let ceremony = ceremony.ok_or(Error::Passkey(PasskeyError::Invalid))?;
        let created = party
            .verify_registration(&new.response.credential, &ceremony.challenge)
            .map_err(rejected)?;
        let passkey = Passkey {
            id: PasskeyId::new(now, &random::bytes()),
            user_id,
            rp_id: party.id.clone(),
            credential_id: created.id,
            public_key: created.public_key,
            sign_count: created.sign_count,
            transports: created.transports,
            is_backup_eligible: created.is_backup_eligible,
            is_backed_up: created.is_backed_up,
            name: new.name,
            created_at: now,
            last_used_at: None,
        };
        Ok((passkey, ceremony))
    }
}

/// Inserts a passkey and consumes its ceremony, under the lock of the account. Returns recovery
/// codes if the passkey is the account's first factor.
fn insert(
    tx: &mut Tx<'_>,
    passkey: &Passkey,
    ceremony: &OpenedCeremony,
    now: Timestamp,
) -> Result<Option<Vec<RecoveryCode>>, Error> {
    let user = passkey.user_id;
    if !ceremony_uses::insert(tx, &ceremony.digest, ceremony.expires_at)? {
        return Err(Error::Passkey(PasskeyError::Invalid));
    }
    if passkeys::list_by_user(tx, user)?.len() >= PASSKEYS_PER_ACCOUNT {
        return Err(Error::Passkey(PasskeyError::LimitReached));
    }
    let is_first = second_factors::methods(tx, user, None)?.is_none();
    if !passkeys::insert(tx, passkey)? {
        return Err(Error::Passkey(PasskeyError::AlreadyRegistered));
    }
    let codes = is_first.then(|| recovery_codes::renew(tx, user, now));
    Ok(codes.transpose()?)
}
