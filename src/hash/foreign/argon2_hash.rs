//! Argon2 in PHC form (RFC 9106; <https://github.com/P-H-C/phc-string-format>).

use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq;

use super::{bounds, encoding, error::ForeignHashError};
use crate::hash::error::HashError;

/// The first bytes of the salt that the algorithm requires.
const SALT_MIN: usize = 8;

/// A hash by Argon2i, Argon2d or Argon2id.
pub(in crate::hash) struct Argon2Hash {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Argon2Hash {
    /// Parses the part behind `$argon2`, such as `id$v=19$m=65536,t=3,p=4$…$…`. Without a version
    /// it is that of 2015, as in the reference implementation.
    pub(super) fn parse(text: &str) -> Result<Self, ForeignHashError> {
        let (name, rest) = text.split_once('$').ok_or(ForeignHashError::Unknown)?;
        let algorithm = match name {
            "i" => Algorithm::Argon2i,
            "d" => Algorithm::Argon2d,
            "id" => Algorithm::Argon2id,
            _ => return Err(ForeignHashError::Unknown),
        };
        let (version, rest) = if let Some(rest) = rest.strip_prefix("v=19$") {
            (Version::V0x13, rest)
        } else {
            (Version::V0x10, rest.strip_prefix("v=16$").unwrap_or(rest))
        };
        let [costs, salt, hash] = encoding::parts(rest, '$')?;
        let salt = encoding::base64(salt, SALT_MIN..=*bounds::SALT.end())?;
        let hash = encoding::base64(hash, bounds::HASH)?;
        Ok(Self {
            algorithm,
            version,
            params: params(costs, hash.len())?,
            salt,
            hash,
        })
    }

    /// Returns the memory of a verification in bytes.
    pub(super) fn memory(&self) -> u64 {
        u64::from(self.params.m_cost()) * 1024
    }

    /// Returns whether it is a hash of this password.
    pub(super) fn matches(&self, password: &str) -> Result<bool, HashError> {
        let mut computed = vec![0; self.hash.len()];
        Argon2::new(self.algorithm, self.version, self.params.clone())
            .hash_password_into(password.as_bytes(), &self.salt, &mut computed)
            .or(Err(HashError::Failed))?;
        Ok(computed.ct_eq(&self.hash).into())
    }
}

/// Parses `m=65536,t=3,p=4`. A key or other data would be a further parameter, which is refused.
fn params(text: &str, length: usize) -> Result<Params, ForeignHashError> {
    let [memory, passes, lanes] = encoding::parts(text, ',')?;
    let memory = encoding::number(
        encoding::parameter(memory, "m")?,
        &(1..=bounds::ARGON2_KIB),
        ForeignHashError::Argon2Memory,
    )?;
    let passes = encoding::number(
        encoding::parameter(passes, "t")?,
        &bounds::ARGON2_PASSES,
        ForeignHashError::Argon2Time,
    )?;
    let lanes = encoding::number(
        encoding::parameter(lanes, "p")?,
        &bounds::ARGON2_LANES,
        ForeignHashError::Argon2Lanes,
    )?;
    // What is left to refuse is less memory than eight blocks a lane.
    Params::new(memory, passes, lanes, Some(length)).or(Err(ForeignHashError::Argon2Memory))
}
