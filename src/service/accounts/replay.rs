//! Replays a signup whose idempotency key was used before: it is a login to the account that the
//! key created.

use super::sign_up::{IdempotencyKey, SignUp};
use crate::{
    domain::{account::user::Credentials, credential::password::Password},
    service::{Error, NewSession, Service},
    store::{
        StoreError,
        tables::{idempotency_keys, users},
    },
    throttle::CaptchaCheck,
};

impl Service {
    /// Opens a session for a repeated signup. Returns `None` if the key is new. The login is
    /// counted and needs a proof of work like any other login.
    pub(super) async fn replay(
        &self,
        sign_up: &SignUp,
        check: Option<CaptchaCheck>,
    ) -> Result<Option<NewSession>, Error> {
        let Some(key) = sign_up.key.as_ref().filter(|_| self.uses_key(sign_up)) else {
            return Ok(None);
        };
        let Some((found, body)) = self.used_key(key).await? else {
            return Ok(None);
        };
        let found = found.filter(|_| body == key.body_hash);
        let (opening, user) = (&sign_up.opening, found.as_ref().map(|found| &found.user));
        let device = opening.device.as_ref();
        let mut attempt = self
            .throttle
            .retried_sign_up(key, user, device, &opening.client);
        if let Some(check) = check {
            attempt = attempt.with_proof(check);
        }
        let password = Password::presented(sign_up.password.expose());
        let verified = self.verify(attempt, found, password.as_ref()).await?;
        let Some((credentials, reservation)) = verified else {
            return Err(Error::IdempotencyKeyReused);
        };
        if !self.is_usable(&credentials) {
            self.throttle.refund(reservation).await;
            return Err(Error::IdempotencyKeyReused);
        }
        let opened = self.complete_log_in(&credentials, opening, reservation);
        match opened.await {
            Err(Error::InvalidCredentials) => Err(Error::IdempotencyKeyReused),
            opened => opened?.into_session().map(Some),
        }
    }

    /// Returns whether the key has an effect. A signup that waits for its verification leaves none
    /// behind; one with an invitation may have an account at once.
    const fn uses_key(&self, sign_up: &SignUp) -> bool {
        !self.policy.requires_verification() || sign_up.invitation.is_some()
    }

    /// Returns whether an account may log in.
    fn is_usable(&self, credentials: &Credentials) -> bool {
        let must_verify = self.policy.requires_verification();
        !credentials.disabled && (credentials.user.email_verified || !must_verify)
    }

    /// Returns the account that a used key created, if it still exists, and the hash of the
    /// signup's body.
    async fn used_key(
        &self,
        key: &IdempotencyKey,
    ) -> Result<Option<(Option<Credentials>, Vec<u8>)>, Error> {
        let (key_hash, now) = (key.key_hash, self.clock.now());
        let used = self
            .database
            .read(move |tx| -> Result<_, StoreError> {
                let Some((user, body)) = idempotency_keys::by_key(tx, &key_hash, now)? else {
                    return Ok(None);
                };
                Ok(Some((users::by_id(tx, user)?, body)))
            })
            .await?;
        Ok(used)
    }
}
