//! Service keys: the credentials by which other services authenticate.

use std::time::Duration;

use crate::{
    domain::{
        credential::{
            service_key::{Scope, Scopes, ServiceKey},
            token::{PlainToken, TokenHash, TokenKind},
        },
        event::EventContext,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    random,
    service::{Error, Service},
    store::{
        StoreError,
        tables::service_keys::{self, KeySecret},
    },
};

/// The credentials that a service presents.
#[derive(Debug)]
pub struct ServiceCredentials {
    /// The name of the service, which a bearer token does not have.
    pub name: Option<String>,
    /// The digest of the secret.
    pub key: TokenHash,
}

/// A service key to be created.
#[derive(Debug)]
pub struct NewServiceKey {
    /// The name of the service.
    pub name: String,
    /// The permissions.
    pub scopes: Scopes,
    /// The time for which each secret is valid, or `None` without an end.
    pub life: Option<Duration>,
}

impl Service {
    /// Returns the name of the service with these credentials, if its key has the scope. The secret
    /// alone is looked up, so that the work is the same whether a service of the presented name
    /// exists or not. The use is recorded at most once an hour.
    pub async fn authenticate_service(
        &self,
        presented: ServiceCredentials,
        scope: Scope,
    ) -> Result<String, Error> {
        let ServiceCredentials { name, key } = presented;
        let now = self.clock.now();
        let found = self
            .database
            .read_inline(move |tx| service_keys::by_secret(tx, &key, now))
            .await?;
        let (key, secret) = found
            .filter(|(key, _)| name.is_none_or(|name| name == key.name))
            .ok_or(Error::ServiceKeyInvalid)?;
        if !key.scopes.has(scope) {
            return Err(Error::ScopeMissing);
        }
        self.record_use(&key, secret, now).await;
        Ok(key.name)
    }

    async fn record_use(&self, key: &ServiceKey, secret: KeySecret, now: Timestamp) {
        let last_used_at = match secret {
            KeySecret::Present => key.last_used_at,
            KeySecret::Previous => key.previous.and_then(|previous| previous.last_used_at),
        };
        if !ServiceKey::is_use_recorded(last_used_at, now) {
            return;
        }
        let name = key.name.clone();
        let touched = self
            .database
            .write(move |tx| service_keys::touch(tx, &name, secret, now));
        if let Err(error) = touched.await {
            tracing::warn!(%error, "could not record the use of a service key; the next request retries");
        }
    }

    /// Creates a key for a service, and returns the only copy of its secret.
    pub async fn create_service_key(&self, new: NewServiceKey) -> Result<PlainToken, Error> {
        let secret = PlainToken::new(TokenKind::ServiceKey, random::bytes());
        let (hash, now) = (secret.digest(), self.clock.now());
        let key = ServiceKey {
            name: new.name,
            scopes: new.scopes,
            created_at: now,
            expires_at: new.life.map(|life| now.plus(life)),
            last_used_at: None,
            previous: None,
        };
        self.database
            .write(move |tx| -> Result<(), StoreError> {
                service_keys::insert(tx, &key, &hash)?;
                let event = SecurityEvent::ServiceKeyCreated { name: key.name };
                event.record(tx, EventContext::operator(None, now))
            })
            .await?;
        Ok(secret)
    }

    /// Gives a key a second secret, and returns its only copy. The secret that was valid until now
    /// ends after the overlap, and an earlier one ends at once. Returns `None` if no service of the
    /// name has a key.
    pub async fn renew_service_key(
        &self,
        name: String,
        overlap: Duration,
    ) -> Result<Option<PlainToken>, Error> {
        let secret = PlainToken::new(TokenKind::ServiceKey, random::bytes());
        let (hash, now) = (secret.digest(), self.clock.now());
        let is_renewed = self.database.write(move |tx| -> Result<bool, StoreError> {
            let Some(key) = service_keys::lock(tx, &name)? else {
                return Ok(false);
            };
            let ends_at = key.overlap_end(now, overlap);
            let renewed = ServiceKey {
                created_at: now,
                expires_at: key.renewed_expiry(now),
                ..key
            };
            service_keys::renew(tx, &renewed, &hash, ends_at)?;
            let event = SecurityEvent::ServiceKeyRenewed { name };
            event.record(tx, EventContext::operator(None, now))?;
            Ok(true)
        });
        Ok(is_renewed.await?.then_some(secret))
    }

    /// Returns the keys by name.
    pub async fn list_service_keys(&self) -> Result<Vec<ServiceKey>, Error> {
        Ok(self.database.read(service_keys::list).await?)
    }

    /// Revokes a key with every secret: it is refused from the next request on. Returns whether it
    /// existed.
    pub async fn revoke_service_key(&self, name: String) -> Result<bool, Error> {
        let now = self.clock.now();
        let deleted = self.database.write(move |tx| -> Result<bool, StoreError> {
            let is_deleted = service_keys::delete(tx, &name)?;
            if is_deleted {
                let event = SecurityEvent::ServiceKeyRevoked { name };
                event.record(tx, EventContext::operator(None, now))?;
            }
            Ok(is_deleted)
        });
        Ok(deleted.await?)
    }
}
