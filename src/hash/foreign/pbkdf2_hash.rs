//! PBKDF2 (RFC 8018) in the forms of Django, passlib and Werkzeug.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{
    self, Algorithm, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA384, PBKDF2_HMAC_SHA512,
};

use super::{bounds, encoding, error::ForeignHashError};

/// A hash by PBKDF2.
pub(in crate::hash) struct Pbkdf2Hash {
    algorithm: Algorithm,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Pbkdf2Hash {
    /// Parses the part behind Django's `pbkdf2_sha256$`: `iterations$salt$hash`. The salt is used
    /// as text.
    pub(super) fn parse_django(digest: &str, text: &str) -> Result<Self, ForeignHashError> {
        let [iterations, salt, hash] = encoding::parts(text, '$')?;
        let salt = encoding::raw_salt(salt, bounds::SALT)?;
        let hash = encoding::base64(hash, bounds::HASH)?;
        Self::new(digest, iterations, salt, hash)
    }

    /// Parses the part behind passlib's `$pbkdf2-sha256$`: `iterations$salt$hash`.
    pub(super) fn parse_passlib(digest: &str, text: &str) -> Result<Self, ForeignHashError> {
        let [iterations, salt, hash] = encoding::parts(text, '$')?;
        let salt = encoding::base64(salt, bounds::SALT)?;
        let hash = encoding::base64(hash, bounds::HASH)?;
        Self::new(digest, iterations, salt, hash)
    }

    /// Parses Werkzeug's method `digest:iterations` behind `pbkdf2:`, and `salt$hash`. The salt is
    /// used as text.
    pub(super) fn parse_werkzeug(method: &str, text: &str) -> Result<Self, ForeignHashError> {
        let [salt, hash] = encoding::parts(text, '$')?;
        let [digest, iterations] = encoding::parts(method, ':')?;
        let salt = encoding::raw_salt(salt, bounds::SALT)?;
        let hash = encoding::hex(hash, bounds::HASH)?;
        Self::new(digest, iterations, salt, hash)
    }

    fn new(
        digest: &str,
        iterations: &str,
        salt: Vec<u8>,
        hash: Vec<u8>,
    ) -> Result<Self, ForeignHashError> {
        let outside = ForeignHashError::Pbkdf2Iterations;
        let iterations = encoding::number(iterations, &bounds::PBKDF2_ITERATIONS, outside)?;
        Ok(Self {
            algorithm: algorithm(digest)?,
            iterations: NonZeroU32::new(iterations).ok_or(outside)?,
            salt,
            hash,
        })
    }

    /// Returns whether it is a hash of this password.
    pub(super) fn matches(&self, password: &str) -> bool {
        let password = password.as_bytes();
        pbkdf2::verify(
            self.algorithm,
            self.iterations,
            &self.salt,
            password,
            &self.hash,
        )
        .is_ok()
    }
}

fn algorithm(digest: &str) -> Result<Algorithm, ForeignHashError> {
    match digest {
        "sha1" => Ok(PBKDF2_HMAC_SHA1),
        "sha256" => Ok(PBKDF2_HMAC_SHA256),
        "sha384" => Ok(PBKDF2_HMAC_SHA384),
        "sha512" => Ok(PBKDF2_HMAC_SHA512),
        _ => Err(ForeignHashError::Unknown),
    }
}
