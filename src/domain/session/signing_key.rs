//! The keys that sign access tokens: ES256 (RFC 7518 section 3.4), on the curve P-256.

use std::fmt;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, Header,
    jwk::{
        AlgorithmParameters, CommonParameters, EllipticCurve, EllipticCurveKeyParameters,
        EllipticCurveKeyType, Jwk, ThumbprintHash,
    },
};
use serde::Serialize;

use crate::domain::credential::sealing_keys::SealingKeys;

/// The `typ` of the header (RFC 9068 section 2.1), so that no other kind of JWT passes as a token.
pub(super) const TOKEN_TYPE: &str = "at+jwt";

/// The use under which keys are sealed. A value that is sealed for another use does not open.
pub const TOKEN_KEY_SEAL: &str = "token key";

/// The first byte of an uncompressed point (SEC 1 section 2.3.3). The coordinates follow.
const UNCOMPRESSED: u8 = 4;

/// A key that signs. Its `Debug` shows its id alone.
pub struct SigningKey {
    /// The `kid` of its tokens: its thumbprint (RFC 7638).
    pub id: String,
    /// Its public half: the x coordinate in base64url.
    pub x: String,
    /// Its public half: the y coordinate in base64url.
    pub y: String,
    // Parsing a private key takes longer than a signature, so the parsed form is kept.
    pair: EcdsaKeyPair,
    /// The first part of its tokens, with the dot.
    header: String,
}

/// The public half of a key, which verifies.
#[derive(Clone)]
pub struct VerifyingKey {
    pub(super) id: String,
    pub(super) key: DecodingKey,
}

/// A key that cannot be used: a bug, or a key that another secret sealed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a signing key cannot be used")]
pub struct SigningKeyError;

impl SigningKey {
    /// Generates a key.
    pub fn generate() -> Result<Self, SigningKeyError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        Self::of_pair(pair.map_err(|_failed| SigningKeyError)?)
    }

    fn of_pair(pair: EcdsaKeyPair) -> Result<Self, SigningKeyError> {
        let [UNCOMPRESSED, point @ ..] = pair.public_key().as_ref() else {
            return Err(SigningKeyError);
        };
        let (x, y) = point.split_at(point.len() / 2);
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let id = thumbprint(&x, &y)?;
        let header = encoded(&Header {
            typ: Some(TOKEN_TYPE.to_owned()),
            kid: Some(id.clone()),
            ..Header::new(Algorithm::ES256)
        })?;
        Ok(Self {
            id,
            x,
            y,
            pair,
            header: header + ".",
        })
    }

    /// Returns the sealed private key, a PKCS #8 document (RFC 5208), so that a reader of the
    /// database cannot sign.
    pub fn sealed(&self, keys: &SealingKeys, nonce: [u8; 12]) -> Result<Vec<u8>, SigningKeyError> {
        let document = self.pair.to_pkcs8v1().map_err(|_failed| SigningKeyError)?;
        keys.seal(TOKEN_KEY_SEAL, &self.id, document.as_ref(), nonce)
            .ok_or(SigningKeyError)
    }

    /// Opens a sealed private key.
    pub fn unsealed(sealed: &[u8], id: &str, keys: &SealingKeys) -> Result<Self, SigningKeyError> {
        let document = keys
            .open(TOKEN_KEY_SEAL, id, sealed)
            .ok_or(SigningKeyError)?
            .plain;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &document);
        Self::of_pair(pair.map_err(|_rejected| SigningKeyError)?)
    }

    /// Signs claims as a JWT (RFC 7515 section 5.1).
    pub(super) fn sign(&self, claims: &impl Serialize) -> Result<String, SigningKeyError> {
        let mut token = self.header.clone() + &encoded(claims)?;
        let signature = self.pair.sign(&SystemRandom::new(), token.as_bytes());
        let signature = signature.map_err(|_failed| SigningKeyError)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

impl VerifyingKey {
    /// Returns the key with this id and these coordinates, which are in base64url.
    pub fn new(id: &str, x: &str, y: &str) -> Result<Self, SigningKeyError> {
        Ok(Self {
            id: id.to_owned(),
            key: DecodingKey::from_ec_components(x, y).map_err(|_error| SigningKeyError)?,
        })
    }
}

/// Returns the JSON of a value in base64url.
fn encoded(value: &impl Serialize) -> Result<String, SigningKeyError> {
    let json = serde_json::to_vec(value).map_err(|_error| SigningKeyError)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

/// Returns the SHA-256 thumbprint of a public key (RFC 7638).
fn thumbprint(x: &str, y: &str) -> Result<String, SigningKeyError> {
    let jwk = Jwk {
        common: CommonParameters::default(),
        algorithm: AlgorithmParameters::EllipticCurve(EllipticCurveKeyParameters {
            key_type: EllipticCurveKeyType::EC,
            curve: EllipticCurve::P256,
            x: x.to_owned(),
            y: y.to_owned(),
        }),
    };
    jwk.thumbprint(ThumbprintHash::SHA256)
        .map_err(|_error| SigningKeyError)
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({})", self.id)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "VerifyingKey({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credential::secret::{SECRET_BYTES, Secret};

    #[test]
    fn key_of_rfc_9449_has_its_thumbprint() {
        let (x, y) = (
            "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        );
        let id = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
        assert_eq!(thumbprint(x, y).unwrap(), id);
    }

    #[test]
    fn coordinates_have_32_bytes_each_and_verify_what_the_key_signs() {
        let key = SigningKey::generate().unwrap();
        for coordinate in [&key.x, &key.y] {
            assert_eq!(URL_SAFE_NO_PAD.decode(coordinate).unwrap().len(), 32);
        }
        assert!(verifies(&key, &key));
        assert!(!verifies(&SigningKey::generate().unwrap(), &key));
    }

    #[test]
    fn sealed_key_opens_with_its_id_and_secret_only() {
        let keys = |byte| SealingKeys::new(Secret::new([byte; SECRET_BYTES]), Vec::new());
        let key = SigningKey::generate().unwrap();
        let sealed = key.sealed(&keys(7), [3; 12]).unwrap();
        let opened = SigningKey::unsealed(&sealed, &key.id, &keys(7)).unwrap();
        assert_eq!(opened.id, key.id);
        assert!(verifies(&opened, &key));
        assert!(SigningKey::unsealed(&sealed, &key.id, &keys(8)).is_err());
        assert!(SigningKey::unsealed(&sealed, "other", &keys(7)).is_err());
    }

    /// Returns whether the public half of `key` verifies a token that `signing` signed.
    fn verifies(signing: &SigningKey, key: &SigningKey) -> bool {
        let token = signing.sign(&serde_json::json!({ "sub": "user" })).unwrap();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let public = VerifyingKey::new(&key.id, &key.x, &key.y).unwrap().key;
        jsonwebtoken::crypto::verify(signature, message.as_bytes(), &public, Algorithm::ES256)
            .unwrap()
    }
}
