//! Introspection: a sibling service asks whose token it was shown (RFC 7662), and proves itself with a key of its own.

use crate::{
    clock,
    domain::{
        account::ids::SessionId,
        credential::token::{PlainToken, TokenHash, TokenKind},
        session::{AuthenticatedSession, access_token},
        timestamp::Timestamp,
    },
    service::{Error, Service},
    store::tables::{service_keys, sessions},
};

/// What a token that lives stands for.
#[derive(Debug)]
pub struct Active {
    /// The account and the session.
    pub holder: AuthenticatedSession,
    /// When the token was issued.
    pub issued_at: Timestamp,
    /// When it ends if nobody ends it before.
    pub expires_at: Timestamp,
    /// Whether it is an access token, and not the session's own.
    pub is_access_token: bool,
}

/// A service key as operators see it.
#[derive(Debug)]
pub struct ServiceKey {
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Service {
    /// Whether this is the key of a sibling service; its name.
    pub async fn authenticate_service(&self, key: TokenHash) -> Result<String, Error> {
        let found = self
            .look_up(move |tx| service_keys::name_by_key(tx, &key))
            .await?;
        found.ok_or(Error::ServiceKeyInvalid)
    }

    /// What a token stands for, while it and its session live. An access token is asked for its session too, so that a revocation
    /// reaches whoever introspects at once.
    pub async fn introspect(&self, token: &str) -> Result<Option<Active>, Error> {
        if let Some(hash) = TokenHash::of_presented(TokenKind::Session, token) {
            return match self.holder(hash).await {
                Ok(holder) => Ok(Some(Active {
                    issued_at: holder.session.created_at,
                    expires_at: holder.session.expires_at,
                    holder,
                    is_access_token: false,
                })),
                Err(Error::NotAuthenticated) => Ok(None),
                Err(error) => Err(error),
            };
        }
        if !access_token::looks_like_jwt(token) {
            return Ok(None);
        }
        let Some(claims) = self.verified_claims(token).await? else {
            return Ok(None);
        };
        let Some(id) = SessionId::parse(&claims.sid) else {
            return Ok(None);
        };
        let now = self.0.clock.now();
        let holder = self.look_up(move |tx| sessions::by_id(tx, id, now)).await?;
        Ok(holder
            .filter(|holder| holder.user.id.to_string() == claims.sub)
            .map(|holder| Active {
                holder,
                issued_at: Timestamp::from_seconds(claims.iat),
                expires_at: Timestamp::from_seconds(claims.exp),
                is_access_token: true,
            }))
    }

    /// Makes a key for a sibling service; the only copy of it.
    pub async fn create_service_key(&self, name: String) -> Result<PlainToken, Error> {
        let key = PlainToken::new(TokenKind::ServiceKey, clock::random());
        let (hash, now) = (key.digest(), self.0.clock.now());
        self.write(move |tx| Ok(service_keys::insert(tx, &name, &hash, now)?))
            .await?;
        Ok(key)
    }

    /// The keys of sibling services, by name.
    pub async fn list_service_keys(&self) -> Result<Vec<ServiceKey>, Error> {
        let keys = self.read(service_keys::list).await?;
        Ok(keys
            .into_iter()
            .map(|(name, created_at)| ServiceKey { name, created_at })
            .collect())
    }

    /// Forgets a service's key: it is refused from the next request on.
    pub async fn revoke_service_key(&self, name: String) -> Result<bool, Error> {
        self.write(move |tx| Ok(service_keys::delete(tx, &name)?))
            .await
    }
}
