//! Access tokens: signed for a session, verified, and their keys published and rotated.

mod key_ring;
mod rotation;

use std::{fmt, sync::Arc, time::Duration};

use serde_json::{Map, Value};

use crate::{
    clock::Clock,
    database::Database,
    domain::{
        account::user::User,
        credential::{sealing_keys::SealingKeys, token},
        session::{
            Session,
            access_token::{self, Claims, TOKEN_LIFE, VerifiedClaims},
            signing_key::SigningKeyError,
        },
    },
    random,
    store::StoreError,
};
use key_ring::KeyRing;

pub use key_ring::PublishedKey;

/// The settings of access tokens.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// `iss`
    pub name: String,
    /// `aud`
    pub audience: String,
    /// `client_id`: the app, which is known by its host.
    pub client_id: String,
    /// The members of an account's metadata that tokens contain.
    pub metadata_keys: Vec<String>,
    /// The age at which another key takes over.
    pub key_age: Duration,
}

/// An access token that was issued.
pub struct AccessToken {
    /// The token.
    pub token: String,
    /// The time until it expires.
    pub life: Duration,
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessToken(hidden)")
    }
}

/// An access token could not be issued or verified.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A signing key cannot be used.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Issues and verifies access tokens. Clones share the keys.
#[derive(Clone, Debug)]
pub struct Tokens(Arc<TokensState>);

#[derive(Debug)]
struct TokensState {
    database: Database,
    clock: Clock,
    sealing_keys: SealingKeys,
    issuer: Issuer,
    key_ring: KeyRing,
}

impl Tokens {
    /// Tokens of this issuer. The keys are kept in the database, sealed.
    #[must_use]
    pub fn new(
        database: Database,
        clock: Clock,
        sealing_keys: SealingKeys,
        issuer: Issuer,
    ) -> Self {
        Self(Arc::new(TokensState {
            database,
            clock,
            sealing_keys,
            issuer,
            key_ring: KeyRing::default(),
        }))
    }

    /// Issues a token for a session of the user: valid for five minutes, and never longer than the
    /// session.
    pub async fn issue(&self, user: &User, session: &Session) -> Result<AccessToken, Error> {
        let now = self.0.clock.now();
        let keys = self.keys(now).await?;
        let issuer = &self.0.issuer;
        let end = now.plus(TOKEN_LIFE).min(session.expires_at);
        let claims = Claims {
            iss: &issuer.name,
            aud: &issuer.audience,
            client_id: &issuer.client_id,
            sub: user.id.to_string(),
            sid: session.id.to_string(),
            jti: access_token::token_id(&random::bytes()),
            iat: now.as_seconds(),
            exp: end.as_seconds(),
            auth_time: session.auth_time.as_seconds(),
            amr: &session.amr,
            roles: &user.attributes.roles,
            email_verified: user.email_verified,
            metadata: self.metadata(user)?,
        };
        let seconds = u64::try_from(claims.exp.saturating_sub(claims.iat)).unwrap_or(0);
        Ok(AccessToken {
            token: claims.sign(&keys.signing)?,
            life: Duration::from_secs(seconds),
        })
    }

    /// Returns those members of the account's metadata that the operator chose for tokens.
    fn metadata(&self, user: &User) -> Result<Map<String, Value>, StoreError> {
        let keys = &self.0.issuer.metadata_keys;
        if keys.is_empty() {
            return Ok(Map::new());
        }
        let unreadable = |_error| StoreError::corrupt("users", "metadata", user.id);
        let mut members = user.attributes.metadata.members().map_err(unreadable)?;
        members.retain(|name, _value| keys.contains(name));
        Ok(members)
    }

    /// Returns the `client_id` of tokens.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.0.issuer.client_id
    }

    /// Returns the claims of a valid token of this issuer, for its audience.
    pub async fn verify(&self, token: &str) -> Result<Option<VerifiedClaims>, Error> {
        let now = self.0.clock.now();
        let keys = self.keys(now).await?;
        let Issuer { name, audience, .. } = &self.0.issuer;
        let verifying = &keys.verifying;
        Ok(access_token::verify(token, verifying, name, audience, now))
    }

    /// Returns the keys of the JWKS: those that sign, will sign soon, or signed a token that has
    /// not expired.
    pub async fn published_keys(&self) -> Result<Vec<PublishedKey>, Error> {
        let keys = self.keys(self.0.clock.now()).await?;
        Ok(keys.published.clone())
    }

    /// Returns whether a bearer credential claims to be of this service: by a prefix, or as a JWT
    /// of this issuer.
    #[must_use]
    pub fn claims_to_be_ours(&self, credential: &str) -> bool {
        token::has_prefix(credential)
            || access_token::unverified_issuer(credential)
                .is_some_and(|issuer| issuer == self.0.issuer.name)
    }
}
