//! Service keys: the credentials by which other services authenticate.

use crate::{
    domain::{
        credential::token::{PlainToken, TokenHash, TokenKind},
        timestamp::Timestamp,
    },
    random,
    service::{Error, Service},
    store::tables::service_keys,
};

/// A service key as operators see it.
#[derive(Debug)]
pub struct ServiceKey {
    /// The name of the service.
    pub name: String,
    /// When the key was created.
    pub created_at: Timestamp,
}

impl Service {
    /// Returns the name of the service with this key.
    pub async fn authenticate_service(&self, key: TokenHash) -> Result<String, Error> {
        let found = self
            .database
            .read_inline(move |tx| service_keys::name_by_key(tx, &key))
            .await?;
        found.ok_or(Error::ServiceKeyInvalid)
    }

    /// Creates a key for a service, and returns the only copy of it.
    pub async fn create_service_key(&self, name: String) -> Result<PlainToken, Error> {
        let key = PlainToken::new(TokenKind::ServiceKey, random::bytes());
        let (hash, now) = (key.digest(), self.clock.now());
        self.database
            .write(move |tx| service_keys::insert(tx, &name, &hash, now))
            .await?;
        Ok(key)
    }

    /// Returns the keys by name.
    pub async fn list_service_keys(&self) -> Result<Vec<ServiceKey>, Error> {
        let keys = self.database.read(service_keys::list).await?;
        Ok(keys
            .into_iter()
            .map(|(name, created_at)| ServiceKey { name, created_at })
            .collect())
    }

    /// Revokes a key: it is refused from the next request on. Returns whether it existed.
    pub async fn revoke_service_key(&self, name: String) -> Result<bool, Error> {
        let deleted = self
            .database
            .write(move |tx| service_keys::delete(tx, &name));
        Ok(deleted.await?)
    }
}
