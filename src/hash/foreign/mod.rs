//! Password hashes of other systems: their forms, their bounds and their verification.
//!
//! A text is parsed when it is imported and again when it is verified, so the database stores the
//! text of the other system as it stands. A login replaces it.

mod argon2_hash;
mod bcrypt_hash;
mod bounds;
mod encoding;
mod error;
mod firebase;
mod pbkdf2_hash;
mod scrypt_hash;

use std::{fmt, sync::Arc};

use secrecy::SecretString;

use super::error::HashError;
use argon2_hash::Argon2Hash;
use firebase::FirebaseHash;
use pbkdf2_hash::Pbkdf2Hash;
use scrypt_hash::ScryptHash;

pub(super) use bcrypt_hash::ForeignBcrypt;
pub use error::ForeignHashError;
pub use firebase::FirebaseParameters;

/// The memory that verifications share unless the operator sets another: the most that one needs.
const DEFAULT_MEMORY: u64 = 256 * 1024 * 1024;

/// The settings of hashes of other systems.
#[derive(Clone, Debug)]
pub struct ForeignSettings {
    /// The bytes of memory that all verifications share. A hash that needs more is refused.
    pub memory: u64,
    /// The pepper of a Devise application.
    pub devise_pepper: Option<SecretString>,
    /// The hash parameters of a Firebase project.
    pub firebase: Option<Arc<FirebaseParameters>>,
}

impl Default for ForeignSettings {
    fn default() -> Self {
        Self {
            memory: DEFAULT_MEMORY,
            devise_pepper: None,
            firebase: None,
        }
    }
}

/// A password hash of another system, of a known form and within the bounds. `Debug` hides it.
#[derive(Clone)]
pub struct ImportedHash(String);

impl fmt::Debug for ImportedHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ImportedHash")
    }
}

impl ImportedHash {
    /// Returns the text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text to store.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// A stored hash, by the threads that verify it.
pub(super) enum VerifiableHash {
    /// The lanes compute it.
    Bcrypt(ForeignBcrypt),
    /// The gate computes it.
    Gated(GatedHash),
}

/// A hash that the gate verifies.
pub(super) enum GatedHash {
    Argon2(Argon2Hash),
    Scrypt(ScryptHash),
    Pbkdf2(Pbkdf2Hash),
    Firebase(FirebaseHash),
}

impl GatedHash {
    /// Returns the memory of a verification in bytes.
    pub(super) fn memory(&self) -> u64 {
        match self {
            Self::Argon2(hash) => hash.memory(),
            Self::Scrypt(hash) => hash.memory(),
            Self::Pbkdf2(_) => 0,
            Self::Firebase(hash) => hash.memory(),
        }
    }

    /// Returns whether it is a hash of this password.
    pub(super) fn matches(&self, password: &str) -> Result<bool, HashError> {
        match self {
            Self::Argon2(hash) => hash.matches(password),
            Self::Scrypt(hash) => hash.matches(password),
            Self::Pbkdf2(hash) => Ok(hash.matches(password)),
            Self::Firebase(hash) => hash.matches(password),
        }
    }

    /// Refuses a hash that needs more memory than the gate has.
    fn within(self, memory: u64) -> Result<Self, ForeignHashError> {
        if self.memory() <= memory {
            return Ok(self);
        }
        Err(match self {
            Self::Argon2(_) | Self::Pbkdf2(_) => ForeignHashError::Argon2Memory,
            Self::Scrypt(_) | Self::Firebase(_) => ForeignHashError::ScryptMemory,
        })
    }
}

impl ForeignSettings {
    /// Returns the text of a hash that a login can verify. It computes no hash.
    pub(super) fn recognize(&self, text: &str) -> Result<ImportedHash, ForeignHashError> {
        self.parse(text).map(|_| ImportedHash(text.to_owned()))
    }

    /// Parses the stored text of a hash, our own or of another system.
    pub(super) fn parse(&self, text: &str) -> Result<VerifiableHash, ForeignHashError> {
        if text.len() > bounds::TEXT {
            return Err(ForeignHashError::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ForeignHashError::Unknown);
        }
        match text.split_once('$') {
            Some(("", rest)) => self.parse_crypt(text, rest),
            Some((name, rest)) => self.parse_named(name, rest),
            None => self.gated(GatedHash::Scrypt(ScryptHash::parse_better_auth(text)?)),
        }
    }

    /// Parses a form that begins with `$`, as PHC and passlib write them.
    fn parse_crypt(&self, text: &str, rest: &str) -> Result<VerifiableHash, ForeignHashError> {
        if let Some(rest) = rest.strip_prefix("argon2") {
            return self.gated(GatedHash::Argon2(Argon2Hash::parse(rest)?));
        }
        let (name, rest) = rest.split_once('$').ok_or(ForeignHashError::Unknown)?;
        let pbkdf2 = |digest| Pbkdf2Hash::parse_passlib(digest, rest).map(GatedHash::Pbkdf2);
        self.gated(match name {
            "2a" | "2b" | "2y" | "bcrypt-sha256" => {
                return ForeignBcrypt::parse(text).map(VerifiableHash::Bcrypt);
            }
            "scrypt" => GatedHash::Scrypt(ScryptHash::parse_phc(rest)?),
            "pbkdf2" => pbkdf2("sha1")?,
            "pbkdf2-sha256" => pbkdf2("sha256")?,
            "pbkdf2-sha512" => pbkdf2("sha512")?,
            _ => return Err(ForeignHashError::Unknown),
        })
    }

    /// Parses a form that begins with a name: Django's, Werkzeug's, and those of this service for
    /// hashes that need a setting.
    fn parse_named(&self, name: &str, rest: &str) -> Result<VerifiableHash, ForeignHashError> {
        let pbkdf2 = |digest| Pbkdf2Hash::parse_django(digest, rest).map(GatedHash::Pbkdf2);
        let bcrypt = |parsed: Result<_, _>| parsed.map(VerifiableHash::Bcrypt);
        let pepper = self.devise_pepper.as_ref();
        self.gated(match name {
            "bcrypt" => return bcrypt(ForeignBcrypt::parse_named(rest)),
            "bcrypt_sha256" => return bcrypt(ForeignBcrypt::parse_django(rest)),
            "devise" => return bcrypt(ForeignBcrypt::parse_devise(rest, pepper)),
            "firebase" => GatedHash::Firebase(self.parse_firebase(rest)?),
            "pbkdf2_sha1" => pbkdf2("sha1")?,
            "pbkdf2_sha256" => pbkdf2("sha256")?,
            "argon2" => {
                let rest = rest
                    .strip_prefix("argon2")
                    .ok_or(ForeignHashError::Unknown)?;
                GatedHash::Argon2(Argon2Hash::parse(rest)?)
            }
            "scrypt" => GatedHash::Scrypt(ScryptHash::parse_django(rest)?),
            method => parse_werkzeug(method, rest)?,
        })
    }

    fn parse_firebase(&self, rest: &str) -> Result<FirebaseHash, ForeignHashError> {
        let parameters = self.firebase.as_ref();
        FirebaseHash::parse(rest, parameters.ok_or(ForeignHashError::Unconfigured)?)
    }

    fn gated(&self, hash: GatedHash) -> Result<VerifiableHash, ForeignHashError> {
        hash.within(self.memory).map(VerifiableHash::Gated)
    }
}

/// Parses a form of Werkzeug, such as `pbkdf2:sha256:1000000$salt$hash`.
fn parse_werkzeug(method: &str, rest: &str) -> Result<GatedHash, ForeignHashError> {
    if let Some(costs) = method.strip_prefix("scrypt:") {
        return ScryptHash::parse_werkzeug(costs, rest).map(GatedHash::Scrypt);
    }
    let method = method.strip_prefix("pbkdf2:");
    let method = method.ok_or(ForeignHashError::Unknown)?;
    Pbkdf2Hash::parse_werkzeug(method, rest).map(GatedHash::Pbkdf2)
}
