//! scrypt (RFC 7914) in the forms of PHC and passlib, Django, Werkzeug and better-auth.

use scrypt::Params;
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::{bounds, encoding, error::ForeignHashError};
use crate::hash::error::HashError;

/// The parameters of better-auth: N = 16384, r = 16, p = 1.
const BETTER_AUTH: ScryptCost = ScryptCost {
    log_n: 14,
    block: 16,
    parallelism: 1,
};

/// Bytes of better-auth's hash.
const BETTER_AUTH_HASH: usize = 64;

/// The cost parameters of scrypt, within the bounds.
#[derive(Clone, Copy)]
pub(super) struct ScryptCost {
    log_n: u8,
    block: u32,
    parallelism: u32,
}

impl ScryptCost {
    /// Checks N = 2 ^ `log_n`, r = `block` and p = `parallelism`.
    pub(super) fn new(log_n: u32, block: u32, parallelism: u32) -> Result<Self, ForeignHashError> {
        let narrow = u8::try_from(log_n)
            .ok()
            .filter(|log_n| (1..40).contains(log_n));
        let log_n = narrow.ok_or(ForeignHashError::ScryptMemory)?;
        if !bounds::SCRYPT_PARALLELISM.contains(&parallelism) {
            return Err(ForeignHashError::ScryptParallelism);
        }
        let table = (u64::from(block) * 128) << log_n.min(31);
        let is_within = log_n < 32 && table <= bounds::SCRYPT_BYTES;
        if !is_within || !bounds::SCRYPT_BLOCK.contains(&block) {
            return Err(ForeignHashError::ScryptMemory);
        }
        Ok(Self {
            log_n,
            block,
            parallelism,
        })
    }

    /// Checks the texts of N, r and p. N is a power of two.
    fn parse(n: &str, block: &str, parallelism: &str) -> Result<Self, ForeignHashError> {
        let any = 1..=u32::MAX;
        let memory = ForeignHashError::ScryptMemory;
        let n = encoding::number(n, &any, memory)?;
        let block = encoding::number(block, &any, memory)?;
        let parallelism = encoding::number(parallelism, &any, ForeignHashError::ScryptParallelism)?;
        if !n.is_power_of_two() {
            return Err(ForeignHashError::Unknown);
        }
        Self::new(n.trailing_zeros(), block, parallelism)
    }

    /// Returns the memory of a derivation in bytes: the table, p blocks and one more.
    pub(super) fn memory(&self) -> u64 {
        let blocks = (1_u64 << self.log_n) + u64::from(self.parallelism) + 1;
        blocks * u64::from(self.block) * 128
    }

    /// Derives a key that fills the buffer.
    pub(super) fn derive(
        &self,
        password: &[u8],
        salt: &[u8],
        key: &mut [u8],
    ) -> Result<(), HashError> {
        let params = Params::new(self.log_n, self.block, self.parallelism);
        let params = params.or(Err(HashError::Failed))?;
        scrypt::scrypt(password, salt, &params, key).or(Err(HashError::Failed))
    }
}

/// A hash by scrypt.
pub(in crate::hash) struct ScryptHash {
    cost: ScryptCost,
    salt: Vec<u8>,
    hash: Vec<u8>,
    /// `true` if the other system normalizes passwords by NFKC.
    is_compatible: bool,
}

impl ScryptHash {
    /// Parses the part behind `$scrypt$`, such as `ln=16,r=8,p=1$…$…`.
    pub(super) fn parse_phc(text: &str) -> Result<Self, ForeignHashError> {
        let [costs, salt, hash] = encoding::parts(text, '$')?;
        let [log_n, block, parallelism] = encoding::parts(costs, ',')?;
        let any = 1..=u32::MAX;
        let number =
            |text, name, outside| encoding::number(encoding::parameter(text, name)?, &any, outside);
        let cost = ScryptCost::new(
            number(log_n, "ln", ForeignHashError::ScryptMemory)?,
            number(block, "r", ForeignHashError::ScryptMemory)?,
            number(parallelism, "p", ForeignHashError::ScryptParallelism)?,
        )?;
        let salt = encoding::base64(salt, bounds::SALT)?;
        Ok(Self::new(cost, salt, encoding::base64(hash, bounds::HASH)?))
    }

    /// Parses the part behind Django's `scrypt$`: `N$salt$r$p$hash`.
    pub(super) fn parse_django(text: &str) -> Result<Self, ForeignHashError> {
        let [n, salt, block, parallelism, hash] = encoding::parts(text, '$')?;
        let cost = ScryptCost::parse(n, block, parallelism)?;
        let salt = encoding::raw_salt(salt, bounds::SALT)?;
        Ok(Self::new(cost, salt, encoding::base64(hash, bounds::HASH)?))
    }

    /// Parses Werkzeug's costs `N:r:p` behind `scrypt:`, and `salt$hash`.
    pub(super) fn parse_werkzeug(costs: &str, text: &str) -> Result<Self, ForeignHashError> {
        let [salt, hash] = encoding::parts(text, '$')?;
        let [n, block, parallelism] = encoding::parts(costs, ':')?;
        let cost = ScryptCost::parse(n, block, parallelism)?;
        let salt = encoding::raw_salt(salt, bounds::SALT)?;
        Ok(Self::new(cost, salt, encoding::hex(hash, bounds::HASH)?))
    }

    /// Parses better-auth's `salt:hash`. The salt is used as hexadecimal text.
    pub(super) fn parse_better_auth(text: &str) -> Result<Self, ForeignHashError> {
        let [salt, hash] = encoding::parts(text, ':')?;
        encoding::hex(salt, 8..=32)?;
        let hash = encoding::hex(hash, BETTER_AUTH_HASH..=BETTER_AUTH_HASH)?;
        let salt = encoding::raw_salt(salt, bounds::SALT)?;
        Ok(Self {
            is_compatible: true,
            ..Self::new(BETTER_AUTH, salt, hash)
        })
    }

    fn new(cost: ScryptCost, salt: Vec<u8>, hash: Vec<u8>) -> Self {
        Self {
            cost,
            salt,
            hash,
            is_compatible: false,
        }
    }

    /// Returns the memory of a verification in bytes.
    pub(super) fn memory(&self) -> u64 {
        self.cost.memory()
    }

    /// Returns whether it is a hash of this password.
    pub(super) fn matches(&self, password: &str) -> Result<bool, HashError> {
        let normalized = self
            .is_compatible
            .then(|| Zeroizing::new(password.nfkc().collect()));
        let password = normalized
            .as_ref()
            .map_or(password, |text: &Zeroizing<String>| text);
        let mut computed = vec![0; self.hash.len()];
        self.cost
            .derive(password.as_bytes(), &self.salt, &mut computed)?;
        Ok(computed.ct_eq(&self.hash).into())
    }
}
