//! Access tokens: signed for a session, verified, and their keys published and rotated.

mod key_ring;
mod rotation;

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    clock::Clock,
    database::Database,
    domain::{
        account::ids::UserId,
        credential::{secret::Secret, token},
        session::{
            Session,
            access_token::{self, Claims, TOKEN_LIFE},
            signing_key::SigningKeyError,
        },
    },
    random,
    store::StoreError,
};
use key_ring::KeyRing;

pub use key_ring::PublishedKey;

/// The issuer and the audience of access tokens, and the age at which their key is rotated.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// `iss`
    pub name: String,
    /// `aud`
    pub audience: String,
    /// `client_id`: the app, which is known by its host.
    pub client_id: String,
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
    secret: Secret,
    issuer: Issuer,
    key_ring: KeyRing,
}

impl Tokens {
    /// Tokens of this issuer. The keys are kept in the database, sealed with the secret.
    #[must_use]
    pub fn new(database: Database, clock: Clock, secret: Secret, issuer: Issuer) -> Self {
        Self(Arc::new(TokensState {
            database,
            clock,
            secret,
            issuer,
            key_ring: KeyRing::default(),
        }))
    }

    /// Issues a token for a session of the user: valid for five minutes, and never longer than the
    /// session.
    pub async fn issue(&self, user: UserId, session: &Session) -> Result<AccessToken, Error> {
        let now = self.0.clock.now();
        let keys = self.keys(now).await?;
        let end = now.plus(TOKEN_LIFE).min(session.expires_at);
        let claims = Claims {
            iss: self.0.issuer.name.clone(),
            aud: self.0.issuer.audience.clone(),
            sub: user.to_string(),
            sid: session.id.to_string(),
            jti: access_token::token_id(&random::bytes()),
            iat: now.as_seconds(),
            exp: end.as_seconds(),
        };
        let seconds = u64::try_from(claims.exp.saturating_sub(claims.iat)).unwrap_or(0);
        Ok(AccessToken {
            token: claims.sign(&keys.signing)?,
            life: Duration::from_secs(seconds),
        })
    }

    /// Returns the `client_id` of tokens.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.0.issuer.client_id
    }

    /// Returns the claims of a valid token of this issuer, for its audience.
    pub async fn verify(&self, token: &str) -> Result<Option<Claims>, Error> {
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
