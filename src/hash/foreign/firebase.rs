//! Firebase's scrypt: AES-256-CTR of the project's signer key, under a key of scrypt
//! (<https://github.com/firebase/scrypt>).

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey},
    iv::FixedLength,
};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{bounds, encoding, error::ForeignHashError, scrypt_hash::ScryptCost};
use crate::hash::error::HashError;

/// The bytes of the derived key: AES-256 uses the first half.
const DERIVED: usize = 64;
const AES_KEY: usize = 32;

/// The hash parameters of a Firebase project. The signer key is a secret.
#[derive(Clone)]
pub struct FirebaseParameters {
    cost: ScryptCost,
    separator: Vec<u8>,
    signer_key: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for FirebaseParameters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FirebaseParameters")
    }
}

impl FirebaseParameters {
    /// Creates the parameters as the console of Firebase shows them. `memory` is the binary
    /// logarithm of scrypt's N.
    ///
    /// # Errors
    /// If `rounds` or `memory` is outside the bounds of scrypt, or the signer key is too short or
    /// too long for a hash.
    pub fn new(
        signer_key: &[u8],
        separator: &[u8],
        rounds: u32,
        memory: u32,
    ) -> Result<Self, ForeignHashError> {
        if !bounds::HASH.contains(&signer_key.len()) || separator.len() > *bounds::SALT.end() {
            return Err(ForeignHashError::Unknown);
        }
        Ok(Self {
            cost: ScryptCost::new(memory, rounds, 1)?,
            separator: separator.to_vec(),
            signer_key: Zeroizing::new(signer_key.to_vec()),
        })
    }
}

/// A hash of Firebase Authentication.
pub(in crate::hash) struct FirebaseHash {
    parameters: Arc<FirebaseParameters>,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl FirebaseHash {
    /// Parses `salt$hash`, both in base64.
    pub(super) fn parse(
        text: &str,
        parameters: &Arc<FirebaseParameters>,
    ) -> Result<Self, ForeignHashError> {
        let [salt, hash] = encoding::parts(text, '$')?;
        let mut salt = encoding::base64(salt, bounds::SALT)?;
        salt.extend_from_slice(&parameters.separator);
        let length = parameters.signer_key.len();
        Ok(Self {
            parameters: Arc::clone(parameters),
            salt,
            hash: encoding::base64(hash, length..=length)?,
        })
    }

    /// Returns the memory of a verification in bytes.
    pub(super) fn memory(&self) -> u64 {
        self.parameters.cost.memory()
    }

    /// Returns whether it is a hash of this password.
    pub(super) fn matches(&self, password: &str) -> Result<bool, HashError> {
        let mut derived = Zeroizing::new([0; DERIVED]);
        let password = password.as_bytes();
        self.parameters
            .cost
            .derive(password, &self.salt, &mut *derived)?;
        let key = derived.first_chunk::<AES_KEY>().ok_or(HashError::Failed)?;
        let encrypted = encrypt(key, &self.parameters.signer_key)?;
        Ok(encrypted.ct_eq(&self.hash).into())
    }
}

/// Encrypts by AES-256-CTR from a counter of zero. Each key is used once.
fn encrypt(key: &[u8; AES_KEY], text: &[u8]) -> Result<Vec<u8>, HashError> {
    let failed = Err(HashError::Failed);
    let key = UnboundCipherKey::new(&AES_256, key).or(failed)?;
    let key = EncryptingKey::ctr(key).or(Err(HashError::Failed))?;
    let mut encrypted = text.to_vec();
    let zero = EncryptionContext::Iv128(FixedLength::from([0; 16]));
    key.less_safe_encrypt(&mut encrypted, zero)
        .or(Err(HashError::Failed))?;
    Ok(encrypted)
}
