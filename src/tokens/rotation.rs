//! The rotation of signing keys, by age or on demand. Replicas share the keys through the database.

use std::{sync::Arc, time::Duration};

use super::{
    Error, Tokens,
    key_ring::{self, ActiveKeys},
};
use crate::{
    domain::{
        credential::sealing_keys::SealingKeys,
        event::EventContext,
        session::{
            access_token::LEAD,
            signing_key::{SigningKey, SigningKeyError},
        },
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    random,
    store::{
        StoreError, Tx,
        tables::token_keys::{self, TokenKeyRow},
    },
};

impl Tokens {
    /// Creates another key and returns its id. The key is published before it signs. With
    /// `at_once`, for a compromised key, it signs at once and every other key is deleted.
    pub async fn rotate(&self, at_once: bool) -> Result<String, StoreError> {
        let (now, tokens) = (self.0.clock.now(), self.clone());
        self.0
            .database
            .write(move |tx| {
                token_keys::lock(tx)?;
                if at_once {
                    for key in token_keys::list(tx)? {
                        retire(tx, key.id, now)?;
                    }
                }
                let lead = if at_once { Duration::ZERO } else { LEAD };
                create_key(tx, &tokens.0.sealing_keys, now, now.plus(lead))
            })
            .await
    }

    /// Deletes the keys whose last token has expired, and returns their number: a copy of the
    /// database must not hold what once signed.
    pub async fn purge(&self, now: Timestamp) -> Result<usize, StoreError> {
        let kept = self.0.database.read(token_keys::list).await?;
        let needed = key_ring::published(&kept, now).count();
        if needed == kept.len() {
            return Ok(0);
        }
        self.0
            .database
            .write(move |tx| {
                for key in kept.iter().skip(needed) {
                    retire(tx, key.id.clone(), now)?;
                }
                Ok(kept.len() - needed)
            })
            .await
    }

    /// Returns the keys in use, and creates the next one where it is due.
    pub(super) async fn keys(&self, now: Timestamp) -> Result<Arc<ActiveKeys>, Error> {
        if let Some(keys) = self.0.key_ring.get(now) {
            return Ok(keys);
        }
        let mut kept = self.0.database.read(token_keys::list).await?;
        if self.is_due(&kept, now) {
            match self.rotate_if_due(now).await {
                Ok(rotated) => kept = rotated,
                // A database that takes no writes stops neither signing nor the JWKS.
                Err(error) if key_ring::signing(&kept, &self.0.sealing_keys, now).is_some() => {
                    tracing::warn!(%error, "the next signing key could not be created; the present one stays in use");
                }
                Err(error) => return Err(error.into()),
            }
        }
        let keys = Arc::new(ActiveKeys::of(&kept, &self.0.sealing_keys, now)?);
        self.0.key_ring.put(&keys);
        Ok(keys)
    }

    /// Returns whether no key can sign, or the youngest is too old.
    fn is_due(&self, kept: &[TokenKeyRow], now: Timestamp) -> bool {
        let is_old = kept
            .first()
            .is_none_or(|newest| newest.created_at().plus(self.0.issuer.key_age) <= now);
        is_old || key_ring::signing(kept, &self.0.sealing_keys, now).is_none()
    }

    /// Creates the key that is due, unless another replica was first.
    async fn rotate_if_due(&self, now: Timestamp) -> Result<Vec<TokenKeyRow>, StoreError> {
        let tokens = self.clone();
        self.0
            .database
            .write(move |tx| {
                token_keys::lock(tx)?;
                let kept = token_keys::list(tx)?;
                if tokens.is_due(&kept, now) {
                    let sealing_keys = &tokens.0.sealing_keys;
                    // With no key to sign, there is no time to publish one before.
                    let can_sign = key_ring::signing(&kept, sealing_keys, now).is_some();
                    let lead = if can_sign { LEAD } else { Duration::ZERO };
                    create_key(tx, sealing_keys, now, now.plus(lead))?;
                }
                token_keys::list(tx)
            })
            .await
    }
}

fn create_key(
    tx: &mut Tx<'_>,
    sealing_keys: &SealingKeys,
    now: Timestamp,
    signs_from: Timestamp,
) -> Result<String, StoreError> {
    let fault = |unusable: SigningKeyError| StoreError::broken(unusable.to_string());
    let key = SigningKey::generate().map_err(fault)?;
    let sealed = key.sealed(sealing_keys, random::bytes()).map_err(fault)?;
    token_keys::insert(tx, &TokenKeyRow::new(&key, sealed, now, signs_from))?;
    let event = SecurityEvent::SigningKeyCreated {
        key: key.id.clone(),
    };
    event.record(tx, EventContext::operator(None, now))?;
    Ok(key.id)
}

/// Deletes a key.
fn retire(tx: &mut Tx<'_>, key: String, now: Timestamp) -> Result<(), StoreError> {
    token_keys::delete(tx, &key)?;
    let event = SecurityEvent::SigningKeyRetired { key };
    event.record(tx, EventContext::operator(None, now))
}
