//! Service keys: the credentials by which other services authenticate.

use crate::{
    domain::{
        credential::token::{PlainToken, TokenHash, TokenKind},
        event::EventContext,
        timestamp::Timestamp,
    },
    events::SecurityEvent,
    random,
    service::{Error, Service},
    store::{StoreError, tables::service_keys},
};

/// The credentials that a service presents.
#[derive(Debug)]
pub struct ServiceCredentials {
    /// The name of the service, which a bearer token does not have.
    pub name: Option<String>,
    /// The digest of the key.
    pub key: TokenHash,
}

/// A service key as operators see it.
#[derive(Debug)]
pub struct ServiceKey {
    /// The name of the service.
    pub name: String,
    /// When the key was created.
    pub created_at: Timestamp,
}

impl Service {
    /// Returns the name of the service with these credentials. The key alone is looked up, so that
    /// the work is the same whether a service of the presented name exists or not.
    pub async fn authenticate_service(
        &self,
        presented: ServiceCredentials,
    ) -> Result<String, Error> {
        let ServiceCredentials { name, key } = presented;
        let owner = self
            .database
            .read_inline(move |tx| service_keys::name_by_key(tx, &key))
            .await?;
        owner
            .filter(|owner| name.is_none_or(|name| name == *owner))
            .ok_or(Error::ServiceKeyInvalid)
    }

    /// Creates a key for a service, and returns the only copy of it.
    pub async fn create_service_key(&self, name: String) -> Result<PlainToken, Error> {
        let key = PlainToken::new(TokenKind::ServiceKey, random::bytes());
        let (hash, now) = (key.digest(), self.clock.now());
        self.database
            .write(move |tx| -> Result<(), StoreError> {
                service_keys::insert(tx, &name, &hash, now)?;
                let event = SecurityEvent::ServiceKeyCreated { name };
                event.record(tx, EventContext::operator(None, now))
            })
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
