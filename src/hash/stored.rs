//! The stored text of a password hash.

use std::ops::RangeInclusive;

use base64::{
    Engine as _,
    alphabet::BCRYPT,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use subtle::ConstantTimeEq;

use super::key::BcryptKey;

/// The accepted costs; each step doubles the rounds. A stored hash with another cost counts as
/// damaged: one of cost 31 would occupy a CPU for weeks.
pub(super) const COSTS: RangeInclusive<u32> = 4..=15;

const SALT_BYTES: usize = 16;
const SALT_TEXT: usize = 22;
const DIGEST_BYTES: usize = 23;

const UNPADDED: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(false)
    .with_decode_padding_mode(DecodePaddingMode::RequireNone);
const STRICT: GeneralPurpose = GeneralPurpose::new(&BCRYPT, UNPADDED);
/// The last character of a salt has four unused bits. Some older implementations left noise there,
/// and C libraries ignore it.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&BCRYPT, UNPADDED.with_decode_allow_trailing_bits(true));

/// The salt of a bcrypt hash.
pub(super) type Salt = [u8; SALT_BYTES];

/// The 23 bytes of a bcrypt digest that are stored. They are only compared in constant time.
#[derive(Clone)]
pub(super) struct Digest([u8; DIGEST_BYTES]);

impl Digest {
    /// Returns the stored part of the 24 bytes that bcrypt computes.
    pub(super) fn of(raw: &[u8; 24]) -> Self {
        let mut digest = [0; DIGEST_BYTES];
        for (target, byte) in digest.iter_mut().zip(raw) {
            *target = *byte;
        }
        Self(digest)
    }

    /// Returns a digest of random bytes, for which no password is known.
    pub(super) fn unknown(random: [u8; DIGEST_BYTES]) -> Self {
        Self(random)
    }

    pub(super) fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// The derivation of the bcrypt key from a password, as named by the prefix of the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// `$2a$` and `$2y$`, from older or other systems. They are computed like `$2b$`.
    Legacy,
    /// `$2b$`, for passwords that bcrypt reads in full.
    Plain,
    /// passlib's `$bcrypt-sha256$v=2,t=2b`, for all other passwords.
    Prehashed,
}

/// The parts of a stored hash.
pub(super) struct StoredHash {
    pub(super) scheme: Scheme,
    pub(super) cost: u32,
    pub(super) salt: Salt,
    pub(super) digest: Digest,
}

impl StoredHash {
    /// Parses the text of [`StoredHash::write`] or of another bcrypt implementation. Returns `None`
    /// if it is damaged, or its scheme or cost is not supported.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("$bcrypt-sha256$v=2,t=2b,r=") {
            Some(rest) => Self::parse_prehashed(rest),
            None => Self::parse_plain(text),
        }
        .filter(|stored| COSTS.contains(&stored.cost))
    }

    fn parse_plain(text: &str) -> Option<Self> {
        let (scheme, rest) = if let Some(rest) = text.strip_prefix("$2b$") {
            (Scheme::Plain, rest)
        } else {
            let rest = text
                .strip_prefix("$2a$")
                .or_else(|| text.strip_prefix("$2y$"))?;
            (Scheme::Legacy, rest)
        };
        let (cost, rest) = rest.split_once('$')?;
        let (salt, digest) = rest.split_at_checked(SALT_TEXT)?;
        Some(Self {
            scheme,
            cost: number(cost, 2)?,
            salt: decode(&LENIENT, salt)?,
            digest: Digest(decode(&STRICT, digest)?),
        })
    }

    fn parse_prehashed(rest: &str) -> Option<Self> {
        let (cost, rest) = rest.split_once('$')?;
        let (salt, digest) = rest.split_once('$')?;
        let digits = if cost.starts_with('0') {
            None
        } else {
            Some(cost.len().min(2))
        };
        Some(Self {
            scheme: Scheme::Prehashed,
            cost: number(cost, digits?)?,
            // The salt's text is an HMAC key here, so it must be the canonical encoding.
            salt: decode(&STRICT, salt)?,
            digest: Digest(decode(&STRICT, digest)?),
        })
    }

    /// Returns the text to store.
    pub(super) fn write(&self) -> String {
        let (cost, salt, digest) = (
            self.cost,
            salt_text(&self.salt),
            STRICT.encode(self.digest.0),
        );
        match self.scheme {
            Scheme::Legacy | Scheme::Plain => format!("$2b${cost:02}${salt}{digest}"),
            Scheme::Prehashed => format!("$bcrypt-sha256$v=2,t=2b,r={cost}${salt}${digest}"),
        }
    }

    /// Returns the bcrypt key for this password, or `None` if this scheme cannot take the password.
    pub(super) fn key(&self, password: &str) -> Option<BcryptKey> {
        match self.scheme {
            Scheme::Legacy | Scheme::Plain => BcryptKey::plain(password),
            Scheme::Prehashed => Some(BcryptKey::prehashed(password, &salt_text(&self.salt))),
        }
    }
}

/// Returns the scheme and the key for a new hash of this password.
pub(super) fn new_key(password: &str, salt: &Salt) -> (Scheme, BcryptKey) {
    match BcryptKey::plain(password) {
        Some(key) => (Scheme::Plain, key),
        None => (
            Scheme::Prehashed,
            BcryptKey::prehashed(password, &salt_text(salt)),
        ),
    }
}

fn salt_text(salt: &Salt) -> String {
    STRICT.encode(salt)
}

fn number(text: &str, digits: usize) -> Option<u32> {
    let is_plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok())?
}

/// Decodes a text of exactly `N` bytes.
fn decode<const N: usize>(alphabet: &GeneralPurpose, text: &str) -> Option<[u8; N]> {
    let bytes = alphabet.decode(text).ok()?;
    bytes.try_into().ok()
}
