//! Authenticator apps: their set-up, their codes as a second factor, and their removal.

use super::{account_lock::factor_added, recovery_codes};
use crate::{
    domain::{
        account::ids::{SessionId, UserId},
        credential::{
            recovery_code::RecoveryCode,
            totp::{TOTP_SECRET_SEAL, TOTP_SETUP_LIFE, TotpSecret},
        },
        message::MessageKind,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    random,
    service::{Caller, Error, FactorError, Service},
    store::{
        StoreError, Tx,
        tables::{second_factors, totp_secrets},
    },
};

/// The set-up of an authenticator app, with the only copy of its secret.
#[derive(Debug)]
pub struct TotpSetup {
    /// The secret.
    pub secret: TotpSecret,
    /// The URI from which an app reads the secret.
    pub uri: String,
}

/// A sealed secret of an account.
#[derive(Clone, Copy)]
struct SealedSecret<'a> {
    user: UserId,
    bytes: &'a [u8],
}

impl Service {
    /// Begins to set up an authenticator app for a confirmed caller. A set-up that is still pending
    /// is replaced.
    pub async fn set_up_totp(&self, caller: &Caller) -> Result<TotpSetup, Error> {
        let (user, now) = (caller.user.id, self.clock.now());
        let secret = TotpSecret::new(random::bytes());
        let uri = secret
            .uri(&self.policy.app_name, caller.user.username.as_str())
            .map_err(|error| Error::Internal(Box::new(error)))?;
        let pending = totp_secrets::PendingTotp {
            user,
            session: caller.session.id,
            sealed_secret: self.seal_totp(user, &secret)?,
            created_at: now,
            expires_at: now.plus(TOTP_SETUP_LIFE),
        };
        let (service, caller) = (self.clone(), caller.clone());
        self.database
            .write(move |tx| {
                service.lock_confirmed(tx, &caller, now)?;
                if totp_secrets::replace_pending(tx, &pending)? {
                    Ok(())
                } else {
                    Err(Error::Factor(FactorError::TotpAlreadyEnabled))
                }
            })
            .await?;
        Ok(TotpSetup { secret, uri })
    }

    /// Enables the app whose set-up this session began, with one of its codes. Returns recovery
    /// codes if it is the account's first factor.
    pub async fn verify_totp(
        &self,
        caller: &Caller,
        code: String,
    ) -> Result<Vec<RecoveryCode>, Error> {
        let attempt = self.throttle.own_code(caller.user.id, &caller.client);
        let reservation = self.throttle.reserve(attempt).await?;
        let enabled = self.enable_totp(caller, code).await;
        match enabled {
            Ok(_) => self.throttle.reset_own(reservation).await,
            Err(Error::CodeInvalid) => self.throttle.settle(reservation).await?,
            Err(_) => self.throttle.refund(reservation).await,
        }
        let codes = enabled?;
        self.outbox.wake();
        Ok(codes)
    }

    async fn enable_totp(&self, caller: &Caller, code: String) -> Result<Vec<RecoveryCode>, Error> {
        let (service, now, language) = (self.clone(), self.clock.now(), caller.client.language);
        let caller = caller.clone();
        self.database
            .write(move |tx| {
                let owner = service.lock_set_up(tx, &caller, now)?;
                let step = service.pending_step(tx, owner.id, caller.session.id, &code, now)?;
                second_factors::get_or_insert(tx, owner.id, &random::bytes())?;
                let is_first = second_factors::methods(tx, owner.id, None)?.is_none();
                totp_secrets::enable(tx, owner.id, step, now)?;
                factor_added(tx, &caller)?;
                let kind = MessageKind::TotpEnabled;
                service.outbox.notify(tx, &owner, kind, language, now)?;
                SecurityEvent::TotpEnabled.record(tx, caller.context(now))?;
                if is_first {
                    Ok(recovery_codes::renew(tx, owner.id, now)?)
                } else {
                    Ok(Vec::new())
                }
            })
            .await
    }

    /// Returns the time step whose code this is, of the set-up that the session began.
    fn pending_step(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        session: SessionId,
        code: &str,
        now: Timestamp,
    ) -> Result<i64, Error> {
        if totp_secrets::enabled(tx, user)?.is_some() {
            return Err(Error::Factor(FactorError::TotpAlreadyEnabled));
        }
        let pending = totp_secrets::pending(tx, user, session, now)?;
        let bytes = &pending.ok_or(Error::Factor(FactorError::TotpNotStarted))?;
        let secret = self.open_totp(SealedSecret { user, bytes })?;
        secret.matching_step(code, now).ok_or(Error::CodeInvalid)
    }

    /// Removes the authenticator app of a confirmed caller. Without one, nothing changes.
    pub async fn disable_totp(&self, caller: &Caller) -> Result<(), Error> {
        let (service, confirmed, now) = (self.clone(), caller.clone(), self.clock.now());
        let was_enabled = self
            .database
            .write(move |tx| -> Result<bool, Error> {
                let owner = service.lock_confirmed(tx, &confirmed, now)?;
                let was_enabled = totp_secrets::delete(tx, owner.id)?;
                if was_enabled {
                    second_factors::bump(tx, owner.id)?;
                    recovery_codes::remove_without_factor(tx, owner.id)?;
                    let (kind, language) = (MessageKind::TotpDisabled, confirmed.client.language);
                    service.outbox.notify(tx, &owner, kind, language, now)?;
                    SecurityEvent::TotpDisabled.record(tx, confirmed.context(now))?;
                }
                Ok(was_enabled)
            })
            .await?;
        if was_enabled {
            self.outbox.wake();
        }
        Ok(())
    }

    /// Returns whether a typed code is one of the account's app, and uses it up: each time step
    /// has one use, also where two transactions present the same code.
    pub(in crate::service) fn consume_totp_code(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        code: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let Some(enabled) = totp_secrets::enabled(tx, user)? else {
            return Ok(false);
        };
        let bytes = &enabled.sealed_secret;
        let secret = self.open_totp(SealedSecret { user, bytes })?;
        match secret.matching_step(code, now) {
            Some(step) => Ok(totp_secrets::use_step(tx, user, step)?),
            None => Ok(false),
        }
    }

    fn seal_totp(&self, user: UserId, secret: &TotpSecret) -> Result<Vec<u8>, Error> {
        let (name, nonce) = (user.to_string(), random::bytes());
        self.sealing_keys
            .seal(TOTP_SECRET_SEAL, &name, secret.expose(), nonce)
            .ok_or_else(|| Error::Internal("a TOTP secret could not be sealed".into()))
    }

    /// A secret that does not open was sealed under another service secret since this process
    /// started.
    fn open_totp(&self, sealed: SealedSecret<'_>) -> Result<TotpSecret, Error> {
        let name = sealed.user.to_string();
        let opened = self
            .sealing_keys
            .open(TOTP_SECRET_SEAL, &name, sealed.bytes);
        opened
            .and_then(|opened| TotpSecret::from_stored(&opened.plain))
            .ok_or_else(|| StoreError::corrupt("totp_secrets", "sealed_secret", name).into())
    }
}
