//! Recovery codes: created, used once each, and removed with the last factor.

use crate::{
    domain::{
        account::{ids::UserId, user::User},
        client::Client,
        credential::recovery_code::{RECOVERY_CODES, RecoveryCode},
        message::MessageKind,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    random,
    service::{Caller, Error, FactorError, Service},
    store::{
        StoreError, Tx,
        tables::{recovery_codes, second_factors},
    },
};

impl Service {
    /// Replaces the recovery codes of a confirmed caller.
    pub async fn create_recovery_codes(&self, caller: &Caller) -> Result<Vec<RecoveryCode>, Error> {
        let (service, confirmed, now) = (self.clone(), caller.clone(), self.clock.now());
        let codes = self
            .database
            .write(move |tx| {
                let owner = service.lock_confirmed(tx, &confirmed, now)?;
                if second_factors::methods(tx, owner.id, None)?.is_none() {
                    return Err(Error::Factor(FactorError::NotSetUp));
                }
                second_factors::bump(tx, owner.id)?;
                let (kind, language) =
                    (MessageKind::RecoveryCodesRenewed, confirmed.client.language);
                service.outbox.notify(tx, &owner, kind, language, now)?;
                SecurityEvent::RecoveryCodesRenewed.record(tx, confirmed.context(now))?;
                Ok(renew(tx, owner.id, now)?)
            })
            .await?;
        self.outbox.wake();
        Ok(codes)
    }

    /// Returns whether a typed code is a recovery code of the account, and uses it up: of two
    /// transactions with the same code, one succeeds. The owner gets a notice.
    pub(in crate::service) fn consume_recovery_code(
        &self,
        tx: &mut Tx<'_>,
        owner: &User,
        typed: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let Some(code) = RecoveryCode::typed(typed) else {
            return Ok(false);
        };
        let is_used = recovery_codes::take(tx, owner.id, &code.digest(owner.id))?;
        if is_used {
            let kind = MessageKind::RecoveryCodeUsed;
            self.outbox.notify(tx, owner, kind, client.language, now)?;
            SecurityEvent::RecoveryCodeUsed.record(tx, client.as_owner(owner.id, now))?;
        }
        Ok(is_used)
    }
}

/// Replaces the recovery codes of an account. Returns the only copy of them.
pub(in crate::service) fn renew(
    tx: &mut Tx<'_>,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<RecoveryCode>, StoreError> {
    let codes: Vec<_> = (0..RECOVERY_CODES)
        .map(|_| RecoveryCode::new(random::bytes()))
        .collect();
    let hashes: Vec<_> = codes.iter().map(|code| code.digest(user)).collect();
    recovery_codes::replace(tx, user, &hashes, now)?;
    Ok(codes)
}

/// Removes the recovery codes of an account and the trust in its devices, if no factor is left.
pub(in crate::service) fn remove_without_factor(
    tx: &mut Tx<'_>,
    user: UserId,
) -> Result<(), StoreError> {
    if second_factors::methods(tx, user, None)?.is_none() {
        second_factors::remove_leftovers(tx, user)?;
    }
    Ok(())
}
