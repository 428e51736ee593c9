//! Access tokens: JWTs that other services verify without a request to this service.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    authentication_methods::AuthenticationMethods,
    signing_key::{SigningKey, SigningKeyError, TOKEN_TYPE, VerifyingKey},
};
use crate::domain::{account::roles::Roles, timestamp::Timestamp};

/// The lifetime of a token: the longest that a service which verifies tokens offline accepts a
/// revoked session.
pub const TOKEN_LIFE: Duration = Duration::from_mins(5);

/// The time from the publication of a key to its first signature. A service that caches the JWKS
/// for [`KEY_SET_AGE`] has the key by then.
pub const LEAD: Duration = Duration::from_mins(15);

/// The time for which a service may cache the JWKS.
pub const KEY_SET_AGE: Duration = Duration::from_mins(5);

/// The most bytes of a token. One with 32 roles of full length and 4 KiB of metadata has fewer.
const MAX_BYTES: usize = 16 * 1024;

/// The claims of a token (RFC 7519, RFC 9068 section 2.2).
#[derive(Clone, Debug, Serialize)]
pub struct Claims<'a> {
    /// The issuer.
    pub iss: &'a str,
    /// The audience.
    pub aud: &'a str,
    /// The client that the token was issued to. It is the app, which is known by its host.
    pub client_id: &'a str,
    /// The account.
    pub sub: String,
    /// The session that the token was exchanged for.
    pub sid: String,
    /// The id of the token.
    pub jti: String,
    /// The time of issue, in seconds since the epoch.
    pub iat: i64,
    /// The expiry, in seconds since the epoch.
    pub exp: i64,
    /// The time at which the owner was authenticated, in seconds since the epoch.
    pub auth_time: i64,
    /// The methods by which the owner was authenticated.
    pub amr: &'a AuthenticationMethods,
    /// The account's roles.
    pub roles: &'a Roles,
    /// Set if the owner has verified the email.
    pub email_verified: bool,
    /// Those members of the account's metadata that tokens contain.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
}

/// The claims of a valid token that the service itself reads.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct VerifiedClaims {
    /// The account.
    pub sub: String,
    /// The session that the token was exchanged for.
    pub sid: String,
    /// The client that the token was issued to.
    pub client_id: String,
    /// The time of issue, in seconds since the epoch.
    pub iat: i64,
    /// The expiry, in seconds since the epoch.
    pub exp: i64,
}

impl Claims<'_> {
    /// Returns the token with these claims, signed by `key`.
    pub fn sign(&self, key: &SigningKey) -> Result<String, SigningKeyError> {
        key.sign(self)
    }
}

/// Returns the claims of a token, if one of these keys signed it for this issuer and audience and
/// it has not expired. The service chooses algorithm, type and key, not the token (RFC 8725
/// sections 3.1 and 3.11).
#[must_use]
pub fn verify(
    token: &str,
    keys: &[VerifyingKey],
    issuer: &str,
    audience: &str,
    now: Timestamp,
) -> Option<VerifiedClaims> {
    let header = decode_header(token).ok()?;
    let has_our_type = header.alg == Algorithm::ES256
        && header
            .typ
            .as_deref()
            .is_some_and(|kind| kind.eq_ignore_ascii_case(TOKEN_TYPE));
    let key = keys
        .iter()
        .find(|key| has_our_type && header.kid.as_deref() == Some(key.id.as_str()))?;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // The service's clock decides, not the library's.
    validation.validate_exp = false;
    let claims = decode::<VerifiedClaims>(token, &key.key, &validation)
        .ok()?
        .claims;
    (claims.exp > now.as_seconds()).then_some(claims)
}

/// Returns whether a text has the form of a JWT: three parts in base64url, none of them decoded.
#[must_use]
pub fn looks_like_jwt(text: &str) -> bool {
    text.len() <= MAX_BYTES
        && text.split('.').count() == 3
        && text.split('.').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
}

/// Returns the issuer that a JWT names (RFC 7519 section 4.1.1). The signature is not verified.
#[must_use]
pub fn unverified_issuer(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        iss: String,
    }
    let mut parts = text.split('.');
    let (Some(_header), Some(body), Some(_signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let body = URL_SAFE_NO_PAD.decode(body).ok()?;
    let named: Named = serde_json::from_slice(&body).ok()?;
    Some(named.iss)
}

/// Returns a `jti` of random bytes.
#[must_use]
pub fn token_id(random: &[u8; 16]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

#[cfg(test)]
mod tests;
