//! The text in which a password hash is stored; it must not know how digests are computed.

use std::ops::RangeInclusive;

use base64::{
    Engine as _,
    alphabet::BCRYPT,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use subtle::ConstantTimeEq;

use super::key::BcryptKey;

/// Costs that are computed at all, in doublings of bcrypt's rounds. A stored hash beyond them counts as damaged: one of cost
/// 31 would hold a processor for weeks.
pub(super) const COSTS: RangeInclusive<u32> = 4..=15;

const SALT_BYTES: usize = 16;
const SALT_TEXT: usize = 22;
const DIGEST_BYTES: usize = 23;

const UNPADDED: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(false)
    .with_decode_padding_mode(DecodePaddingMode::RequireNone);
const STRICT: GeneralPurpose = GeneralPurpose::new(&BCRYPT, UNPADDED);
/// The last letter of a salt carries four bits that mean nothing; some older writers left noise there, and C libraries skip it.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&BCRYPT, UNPADDED.with_decode_allow_trailing_bits(true));

/// bcrypt's salt.
pub(super) type Salt = [u8; SALT_BYTES];

/// The 23 bytes of a bcrypt digest that are stored; compared in constant time only.
#[derive(Clone)]
pub(super) struct Digest([u8; DIGEST_BYTES]);

impl Digest {
    /// The stored part of the 24 bytes that bcrypt computes.
    pub(super) fn of(raw: &[u8; 24]) -> Self {
        let mut digest = [0; DIGEST_BYTES];
        for (place, byte) in digest.iter_mut().zip(raw) {
            *place = *byte;
        }
        Self(digest)
    }

    /// A digest that no password is known for, given random bytes.
    pub(super) fn unknown(random: [u8; DIGEST_BYTES]) -> Self {
        Self(random)
    }

    pub(super) fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// How a password becomes bcrypt's key, and which prefix says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// `$2a$` and `$2y$`: computed as `$2b$`, written by older or other systems.
    Legacy,
    /// `$2b$`, for passwords that bcrypt sees whole.
    Plain,
    /// passlib's `$bcrypt-sha256$v=2,t=2b`, for all others.
    Prehashed,
}

/// A stored hash, taken apart.
pub(super) struct StoredHash {
    pub(super) scheme: Scheme,
    pub(super) cost: u32,
    pub(super) salt: Salt,
    pub(super) digest: Digest,
}

impl StoredHash {
    /// Reads what [`StoredHash::write`] or another bcrypt implementation wrote; `None` when it is damaged, of an unknown scheme or
    /// of a cost that is not computed.
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
            // Here the salt's text itself is a key, so it has to be the one that its bytes are written as.
            salt: decode(&STRICT, salt)?,
            digest: Digest(decode(&STRICT, digest)?),
        })
    }

    /// The text to store.
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

    /// What bcrypt reads for this password, or `None` when the password can't be the one that this hash was made of.
    pub(super) fn key(&self, password: &str) -> Option<BcryptKey> {
        match self.scheme {
            Scheme::Legacy | Scheme::Plain => BcryptKey::plain(password),
            Scheme::Prehashed => Some(BcryptKey::prehashed(password, &salt_text(&self.salt))),
        }
    }
}

/// The scheme and the key that a new hash of this password gets.
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

/// Decodes a text that has to give exactly `N` bytes.
fn decode<const N: usize>(alphabet: &GeneralPurpose, text: &str) -> Option<[u8; N]> {
    let bytes = alphabet.decode(text).ok()?;
    bytes.try_into().ok()
}
