//! Access tokens: what a sibling service verifies by itself, and the keys that sign them; it must not know where keys are kept.

use std::{fmt, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
    jwk::{Jwk, ThumbprintHash},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::domain::{
    credential::secret::{SECRET_BYTES, Secret},
    timestamp::Timestamp,
};

/// How long a token is good for: what a revocation may take to reach whoever does not ask.
pub const TOKEN_LIFE: Duration = Duration::from_mins(5);

/// How much earlier than it signs a key is published, so that every neighbour that keeps the key set for
/// [`KEY_SET_AGE`] has it by then.
pub const LEAD: Duration = Duration::from_mins(15);

/// How long a neighbour may keep the set of keys without asking for it again.
pub const KEY_SET_AGE: Duration = Duration::from_mins(5);

/// The type of the token (RFC 9068 section 2.1), so that it is taken for no other kind of JWT.
const TYPE: &str = "at+jwt";

/// What PKCS #8 (RFC 8410 section 7) puts before an Ed25519 key of 32 bytes.
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// What a token says (RFC 7519, RFC 9068).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// Whom it is meant for.
    pub aud: String,
    /// The account.
    pub sub: String,
    /// The session that it was exchanged for.
    pub sid: String,
    /// Its own name.
    pub jti: String,
    /// When it was issued, in seconds since the epoch.
    pub iat: i64,
    /// When it ends, in seconds since the epoch.
    pub exp: i64,
}

/// A key that signs. Its `Debug` shows its name alone.
#[derive(Clone)]
pub struct SigningKey {
    /// What tokens call it: its thumbprint (RFC 7638).
    pub id: String,
    /// Its public half, in base64url.
    pub public: String,
    private: EncodingKey,
}

/// The public half of a key: what verifies.
#[derive(Clone)]
pub struct VerifyingKey {
    id: String,
    key: DecodingKey,
}

/// The key cannot be used: a fault of ours, or another secret than the one that sealed it.
#[derive(Clone, Copy, Debug)]
pub struct KeyUnusable;

impl fmt::Display for KeyUnusable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a signing key cannot be used")
    }
}

impl std::error::Error for KeyUnusable {}

impl SigningKey {
    /// The Ed25519 key (RFC 8032) of these random bytes.
    pub fn new(seed: &[u8; SECRET_BYTES]) -> Result<Self, KeyUnusable> {
        let document = Zeroizing::new([&PKCS8_HEAD[..], seed].concat());
        let private = EncodingKey::from_ed_der(&document);
        let unusable = |_error| KeyUnusable;
        let jwk = Jwk::from_encoding_key(&private, Algorithm::EdDSA).map_err(unusable)?;
        let public = serde_json::to_value(&jwk)
            .ok()
            .and_then(|jwk| Some(jwk.get("x")?.as_str()?.to_owned()))
            .ok_or(KeyUnusable)?;
        Ok(Self {
            id: jwk.thumbprint(ThumbprintHash::SHA256).map_err(unusable)?,
            public,
            private,
        })
    }

    /// Its seed, sealed so that a reader of the database cannot sign.
    pub fn sealed(
        seed: &[u8; SECRET_BYTES],
        id: &str,
        secret: &Secret,
        nonce: [u8; 12],
    ) -> Result<Vec<u8>, KeyUnusable> {
        secret.seal(SEAL, id, seed, nonce).ok_or(KeyUnusable)
    }

    /// The key out of what was kept of it.
    pub fn unsealed(sealed: &[u8], id: &str, secret: &Secret) -> Result<Self, KeyUnusable> {
        let seed = secret.open(SEAL, id, sealed).ok_or(KeyUnusable)?;
        let seed = seed.first_chunk().ok_or(KeyUnusable)?;
        Self::new(seed)
    }

    /// A token that says this.
    pub fn sign(&self, claims: &Claims) -> Result<String, KeyUnusable> {
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(self.id.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        encode(&header, claims, &self.private).map_err(|_error| KeyUnusable)
    }
}

/// What sealing is for; a seal of another use does not open.
const SEAL: &str = "signing key";

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({})", self.id)
    }
}

impl VerifyingKey {
    /// The key of this name and public half.
    pub fn new(id: &str, public: &str) -> Result<Self, KeyUnusable> {
        Ok(Self {
            id: id.to_owned(),
            key: DecodingKey::from_ed_components(public).map_err(|_error| KeyUnusable)?,
        })
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "VerifyingKey({})", self.id)
    }
}

/// What a token says, if one of these keys signed it for this issuer and audience and it has not ended. Algorithm, type and
/// key are ours to choose, not the token's (RFC 8725 sections 3.1 and 3.11).
#[must_use]
pub fn verified(
    token: &str,
    keys: &[VerifyingKey],
    issuer: &str,
    audience: &str,
    now: Timestamp,
) -> Option<Claims> {
    let header = decode_header(token).ok()?;
    let is_ours = header.alg == Algorithm::EdDSA
        && header
            .typ
            .as_deref()
            .is_some_and(|kind| kind.eq_ignore_ascii_case(TYPE));
    let key = keys
        .iter()
        .find(|key| is_ours && header.kid.as_deref() == Some(key.id.as_str()))?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // Time is what our clock says, not the library's.
    validation.validate_exp = false;
    let claims = decode::<Claims>(token, &key.key, &validation).ok()?.claims;
    (claims.exp > now.as_seconds()).then_some(claims)
}

/// Whether this could be a token of ours at all: three parts in base64url, none of which is looked at.
#[must_use]
pub fn looks_like_one(text: &str) -> bool {
    text.len() <= 2_048
        && text.split('.').count() == 3
        && text.split('.').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
}

/// The issuer that a JWT names (RFC 7519 section 4.1.1). Nothing is verified.
#[must_use]
pub fn named_issuer(text: &str) -> Option<String> {
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

/// A name for a token, of random bytes.
#[must_use]
pub fn token_id(random: &[u8; 16]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        verified(
            token,
            &keys,
            "https://app.example.com",
            "https://api.example.com",
            now,
        )
    }

    #[test]
    fn the_test_vector_of_rfc_8037_has_its_public_key_and_thumbprint() {
        let seed = URL_SAFE_NO_PAD
            .decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
            .unwrap();
        let key = SigningKey::new(&seed.try_into().unwrap()).unwrap();
        assert_eq!(key.public, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(key.id, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_token_is_good_until_its_end_and_for_its_own_key() {
        let (own, other) = (key(1), key(2));
        let token = own.sign(&claims()).unwrap();
        assert!(looks_like_one(&token));
        assert_eq!(verify(&token, &[&other, &own], NOW), Some(claims()));
        assert_eq!(verify(&token, &[&other], NOW), None);
        assert_eq!(verify(&token, &[&own], NOW.plus(TOKEN_LIFE)), None);
    }

    #[test]
    fn what_is_forged_foreign_or_of_another_kind_is_refused() {
        let own = key(1);
        let token = own.sign(&claims()).unwrap();
        let (head, rest) = token.split_once('.').unwrap();
        let (body, signature) = rest.split_once('.').unwrap();
        let headed = |header: serde_json::Value| {
            let header = URL_SAFE_NO_PAD.encode(header.to_string());
            format!("{header}.{body}.{signature}")
        };
        let foreign = |change: fn(&mut Claims)| {
            let mut claims = claims();
            change(&mut claims);
            own.sign(&claims).unwrap()
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

    #[test]
    fn a_sealed_key_signs_again_under_its_secret_alone() {
        let secret = Secret::new([7; SECRET_BYTES]);
        let own = key(1);
        let sealed = SigningKey::sealed(&[1; SECRET_BYTES], &own.id, &secret, [3; 12]).unwrap();
        let again = SigningKey::unsealed(&sealed, &own.id, &secret).unwrap();
        assert!(verify(&again.sign(&claims()).unwrap(), &[&own], NOW).is_some());
        let other = Secret::new([8; SECRET_BYTES]);
        assert!(SigningKey::unsealed(&sealed, &own.id, &other).is_err());
        assert!(SigningKey::unsealed(&sealed, "other", &secret).is_err());
    }
}
