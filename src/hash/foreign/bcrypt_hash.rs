//! bcrypt whose key is derived from the password by another system. The lanes compute it.

use secrecy::{ExposeSecret, SecretString};

use super::error::ForeignHashError;
use crate::hash::{
    key::BcryptKey,
    stored::{COSTS, StoredHash},
};

/// The derivation of the bcrypt key from a password.
enum KeyDerivation {
    /// The password itself, or by the scheme of the stored hash.
    Own,
    /// SHA-256 of the password in hexadecimal, as Django's `bcrypt_sha256` does.
    Sha256Hex,
    /// The password and a pepper behind it, as Devise does.
    Peppered(SecretString),
}

/// A bcrypt hash, and the derivation of its key.
pub(in crate::hash) struct ForeignBcrypt {
    pub(in crate::hash) stored: StoredHash,
    derivation: KeyDerivation,
}

impl ForeignBcrypt {
    /// Parses a plain bcrypt hash, or our own form for long passwords.
    pub(in crate::hash) fn parse(text: &str) -> Result<Self, ForeignHashError> {
        Self::with(text, KeyDerivation::Own)
    }

    /// Parses the bcrypt hash behind Django's `bcrypt$`.
    pub(super) fn parse_named(text: &str) -> Result<Self, ForeignHashError> {
        Self::with(plain(text)?, KeyDerivation::Own)
    }

    /// Parses the bcrypt hash behind Django's `bcrypt_sha256$`.
    pub(super) fn parse_django(text: &str) -> Result<Self, ForeignHashError> {
        Self::with(plain(text)?, KeyDerivation::Sha256Hex)
    }

    /// Parses the bcrypt hash of a Devise application with a pepper.
    pub(super) fn parse_devise(
        text: &str,
        pepper: Option<&SecretString>,
    ) -> Result<Self, ForeignHashError> {
        let pepper = pepper.ok_or(ForeignHashError::Unconfigured)?.clone();
        Self::with(plain(text)?, KeyDerivation::Peppered(pepper))
    }

    fn with(text: &str, derivation: KeyDerivation) -> Result<Self, ForeignHashError> {
        let stored = StoredHash::parse(text).ok_or_else(|| reason(text))?;
        Ok(Self { stored, derivation })
    }

    /// Returns the bcrypt key for this password, or `None` if bcrypt would not read it in full.
    pub(in crate::hash) fn key(&self, password: &str) -> Option<BcryptKey> {
        match &self.derivation {
            KeyDerivation::Own => self.stored.key(password),
            KeyDerivation::Sha256Hex => Some(BcryptKey::sha256_hex(password)),
            KeyDerivation::Peppered(pepper) => {
                BcryptKey::peppered(password, pepper.expose_secret())
            }
        }
    }
}

/// Refuses a form with a derivation of its own, where the text must be plain bcrypt.
fn plain(text: &str) -> Result<&str, ForeignHashError> {
    if text.starts_with("$2") {
        Ok(text)
    } else {
        Err(ForeignHashError::Unknown)
    }
}

/// Returns whether the cost is the reason for which a bcrypt hash cannot be read.
fn reason(text: &str) -> ForeignHashError {
    let cost = text.split('$').nth(2);
    let cost = cost.map(|cost| cost.strip_prefix("v=2,t=2b,r=").unwrap_or(cost));
    match cost.and_then(|cost| cost.parse::<u32>().ok()) {
        Some(cost) if !COSTS.contains(&cost) => ForeignHashError::BcryptCost,
        _ => ForeignHashError::Unknown,
    }
}
