//! Access tokens: JWTs that other services verify without a request to this service.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::{Deserialize, Serialize};

use super::signing_key::{SigningKey, SigningKeyError, VerifyingKey};
use crate::domain::timestamp::Timestamp;

/// The lifetime of a token: the longest that a service which verifies tokens offline accepts a
/// revoked session.
pub const TOKEN_LIFE: Duration = Duration::from_mins(5);

/// The time from the publication of a key to its first signature. A service that caches the JWKS
/// for [`KEY_SET_AGE`] has the key by then.
pub const LEAD: Duration = Duration::from_mins(15);

/// The time for which a service may cache the JWKS.
pub const KEY_SET_AGE: Duration = Duration::from_mins(5);

/// The `typ` of the header (RFC 9068 section 2.1), so that no other kind of JWT passes as a token.
const TYPE: &str = "at+jwt";

/// The claims of a token (RFC 7519, RFC 9068).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The issuer.
    pub iss: String,
    /// The audience.
    pub aud: String,
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
}

impl Claims {
    /// Returns the token with these claims, signed by `key`.
    pub fn sign(&self, key: &SigningKey) -> Result<String, SigningKeyError> {
        key.sign(TYPE, self)
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
) -> Option<Claims> {
    let header = decode_header(token).ok()?;
    let has_our_type = header.alg == Algorithm::EdDSA
        && header
            .typ
            .as_deref()
            .is_some_and(|kind| kind.eq_ignore_ascii_case(TYPE));
    let key = keys
        .iter()
        .find(|key| has_our_type && header.kid.as_deref() == Some(key.id.as_str()))?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // The service's clock decides, not the library's.
    validation.validate_exp = false;
    let claims = decode::<Claims>(token, &key.key, &validation).ok()?.claims;
    (claims.exp > now.as_seconds()).then_some(claims)
}

/// Returns whether a text has the form of a JWT: three parts in base64url, none of them decoded.
#[must_use]
pub fn looks_like_jwt(text: &str) -> bool {
    text.len() <= 2_048
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
mod tests {
    use jsonwebtoken::{EncodingKey, Header, encode};

    use super::*;
    use crate::domain::credential::secret::SECRET_BYTES;

    const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

    fn key(seed: u8) -> SigningKey {
        SigningKey::new(&[seed; SECRET_BYTES]).unwrap()
    }

    fn claims() -> Claims {
        Claims {
            iss: String::from("https://app.example.com"),
            aud: String::from("https://api.example.com"),
            sub: String::from("user"),
            sid: String::from("session"),
            jti: token_id(&[7; 16]),
            iat: NOW.as_seconds(),
            exp: NOW.plus(TOKEN_LIFE).as_seconds(),
        }
    }

    fn verify(token: &str, keys: &[&SigningKey], now: Timestamp) -> Option<Claims> {
        let keys: Vec<_> = keys
            .iter()
            .map(|key| VerifyingKey::new(&key.id, &key.public).unwrap())
            .collect();
        super::verify(
            token,
            &keys,
            "https://app.example.com",
            "https://api.example.com",
            now,
        )
    }

    #[test]
    fn token_is_valid_until_it_expires_and_for_its_key_only() {
        let (own, other) = (key(1), key(2));
        let token = claims().sign(&own).unwrap();
        assert!(looks_like_jwt(&token));
        assert_eq!(verify(&token, &[&other, &own], NOW), Some(claims()));
        assert_eq!(verify(&token, &[&other], NOW), None);
        assert_eq!(verify(&token, &[&own], NOW.plus(TOKEN_LIFE)), None);
    }

    #[test]
    fn forged_foreign_and_other_tokens_are_rejected() {
        let own = key(1);
        let token = claims().sign(&own).unwrap();
        let (head, rest) = token.split_once('.').unwrap();
        let (body, signature) = rest.split_once('.').unwrap();
        let headed = |header: serde_json::Value| {
            let header = URL_SAFE_NO_PAD.encode(header.to_string());
            format!("{header}.{body}.{signature}")
        };
        let foreign = |change: fn(&mut Claims)| {
            let mut claims = claims();
            change(&mut claims);
            claims.sign(&own).unwrap()
        };
        let public = URL_SAFE_NO_PAD.decode(&own.public).unwrap();
        let confused = encode(
            &Header {
                typ: Some(TYPE.to_owned()),
                kid: Some(own.id.clone()),
                ..Header::new(Algorithm::HS256)
            },
            &claims(),
            &EncodingKey::from_secret(&public),
        );
        for wrong in [
            headed(serde_json::json!({ "alg": "none", "typ": TYPE, "kid": own.id })),
            headed(serde_json::json!({ "alg": "HS256", "typ": TYPE, "kid": own.id })),
            headed(serde_json::json!({ "alg": "EdDSA", "typ": "JWT", "kid": own.id })),
            headed(serde_json::json!({ "alg": "EdDSA", "typ": TYPE })),
            confused.unwrap(),
            foreign(|claims| claims.iss = String::from("https://evil.example.com")),
            foreign(|claims| claims.aud = String::from("https://evil.example.com")),
            format!("{head}.{body}."),
            format!("{head}.{body}.{}", "A".repeat(signature.len())),
            format!("{head}.{body}"),
            String::from("a.b.c"),
            String::new(),
        ] {
            assert_eq!(verify(&wrong, &[&own], NOW), None, "{wrong}");
        }
    }
}
