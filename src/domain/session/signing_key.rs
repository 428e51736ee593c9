//! The keys that sign access tokens.

use std::fmt;

use aws_lc_rs::signature::Ed25519KeyPair;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, encode,
    jwk::{Jwk, ThumbprintHash},
};
use serde::Serialize;

use crate::domain::credential::secret::{SECRET_BYTES, Secret};

/// The purpose under which keys are sealed; a seal for another purpose does not open.
const SEAL: &str = "signing key";

/// A key that signs. Its `Debug` shows its id alone.
#[derive(Clone)]
pub struct SigningKey {
    /// The `kid` of its tokens: its thumbprint (RFC 7638).
    pub id: String,
    /// Its public half, in base64url.
    pub public: String,
    private: EncodingKey,
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
    /// Returns the Ed25519 key (RFC 8032) of a random seed.
    pub fn new(seed: &[u8; SECRET_BYTES]) -> Result<Self, SigningKeyError> {
        let pair =
            Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_rejected| SigningKeyError)?;
        let document = pair.to_pkcs8v1().map_err(|_failed| SigningKeyError)?;
        let private = EncodingKey::from_ed_der(document.as_ref());
        let unusable = |_error| SigningKeyError;
        let jwk = Jwk::from_encoding_key(&private, Algorithm::EdDSA).map_err(unusable)?;
        let public = serde_json::to_value(&jwk)
            .ok()
            .and_then(|jwk| Some(jwk.get("x")?.as_str()?.to_owned()))
            .ok_or(SigningKeyError)?;
        Ok(Self {
            id: jwk.thumbprint(ThumbprintHash::SHA256).map_err(unusable)?,
            public,
            private,
        })
    }

    /// Seals a seed, so that a reader of the database cannot sign.
    pub fn sealed(
        seed: &[u8; SECRET_BYTES],
        id: &str,
        secret: &Secret,
        nonce: [u8; 12],
    ) -> Result<Vec<u8>, SigningKeyError> {
        secret.seal(SEAL, id, seed, nonce).ok_or(SigningKeyError)
    }

    /// Opens a sealed seed and returns its key.
    pub fn unsealed(sealed: &[u8], id: &str, secret: &Secret) -> Result<Self, SigningKeyError> {
        let seed = secret.open(SEAL, id, sealed).ok_or(SigningKeyError)?;
        let seed = seed.first_chunk().ok_or(SigningKeyError)?;
        Self::new(seed)
    }

    /// Signs `claims` as a JWT whose header has this `typ`.
    pub(super) fn sign(
        &self,
        typ: &str,
        claims: &impl Serialize,
    ) -> Result<String, SigningKeyError> {
        let header = Header {
            typ: Some(typ.to_owned()),
            kid: Some(self.id.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        encode(&header, claims, &self.private).map_err(|_error| SigningKeyError)
    }
}

impl VerifyingKey {
    /// Returns the key of this id and public half.
    pub fn new(id: &str, public: &str) -> Result<Self, SigningKeyError> {
        Ok(Self {
            id: id.to_owned(),
            key: DecodingKey::from_ed_components(public).map_err(|_error| SigningKeyError)?,
        })
    }
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
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;

    #[test]
    fn rfc_8037_test_vector_has_its_public_key_and_thumbprint() {
        let seed = URL_SAFE_NO_PAD
            .decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
            .unwrap();
        let key = SigningKey::new(&seed.try_into().unwrap()).unwrap();
        assert_eq!(key.public, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(key.id, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn sealed_key_opens_with_its_id_and_secret_only() {
        let secret = Secret::new([7; SECRET_BYTES]);
        let key = SigningKey::new(&[1; SECRET_BYTES]).unwrap();
        let sealed = SigningKey::sealed(&[1; SECRET_BYTES], &key.id, &secret, [3; 12]).unwrap();
        let opened = SigningKey::unsealed(&sealed, &key.id, &secret).unwrap();
        let claims = serde_json::json!({ "sub": "user" });
        assert_eq!(
            opened.sign("at+jwt", &claims).unwrap(),
            key.sign("at+jwt", &claims).unwrap()
        );
        let other = Secret::new([8; SECRET_BYTES]);
        assert!(SigningKey::unsealed(&sealed, &key.id, &other).is_err());
        assert!(SigningKey::unsealed(&sealed, "other", &secret).is_err());
    }
}
