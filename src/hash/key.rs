//! The key that bcrypt reads, made from a password.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// bcrypt reads at most 72 bytes: 18 words of the Blowfish key schedule (Provos & Mazières 1999).
pub(super) const KEY_LIMIT: usize = 72;

/// The block size of SHA-256, to which HMAC pads its key (RFC 2104).
const HMAC_BLOCK: usize = 64;

/// A bcrypt key of 1 to 72 bytes. It is on the heap, so that moving it leaves no copy, and wiped
/// when dropped.
#[derive(Clone)]
pub(super) struct BcryptKey(Zeroizing<Vec<u8>>);

impl BcryptKey {
    /// Returns the key of a `$2b$` hash, or `None` if bcrypt would not read the whole password.
    /// bcrypt ignores bytes past the limit. It also repeats its key, so a NUL inside would make
    /// different passwords equal.
    pub(super) fn plain(password: &str) -> Option<Self> {
        let is_read_in_full = password.len() <= KEY_LIMIT && !password.contains('\0');
        is_read_in_full.then(|| Self::terminated(password.as_bytes()))
    }

    /// Returns the key of passlib's `$bcrypt-sha256$v=2`, from a hash of the password.
    ///
    /// It is HMAC-SHA-256 under the salt's text, in padded base64: always 44 bytes without a NUL.
    pub(super) fn prehashed(password: &str, salt_text: &str) -> Self {
        let mut block = Zeroizing::new([0_u8; HMAC_BLOCK]);
        for (target, byte) in block.iter_mut().zip(salt_text.bytes()) {
            *target = byte;
        }
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(password.as_bytes());
        let digest: Zeroizing<[u8; 32]> = Zeroizing::new(mac.finalize().into_bytes().into());
        let text = Zeroizing::new(BASE64_STANDARD.encode(*digest));
        Self::terminated(text.as_bytes())
    }

    /// Returns the key of Django's `bcrypt_sha256`: SHA-256 of the password in hexadecimal.
    pub(super) fn sha256_hex(password: &str) -> Self {
        let digest: Zeroizing<[u8; 32]> = Zeroizing::new(Sha256::digest(password).into());
        Self::terminated(Zeroizing::new(hex::encode(*digest)).as_bytes())
    }

    /// Returns the key of Devise: the password with a pepper behind it, of which bcrypt reads 72
    /// bytes. Returns `None` if it would not read the whole password.
    pub(super) fn peppered(password: &str, pepper: &str) -> Option<Self> {
        let is_read_in_full = password.len() <= KEY_LIMIT && !password.contains('\0');
        is_read_in_full.then(|| {
            let text = Zeroizing::new([password.as_bytes(), pepper.as_bytes()].concat());
            Self::terminated(&text)
        })
    }

    fn terminated(text: &[u8]) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(KEY_LIMIT + 1));
        bytes.extend(text.iter().take(KEY_LIMIT));
        bytes.push(0);
        bytes.truncate(KEY_LIMIT);
        Self(bytes)
    }

    /// Returns the bytes of the key. There is at least one.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_with_nul_unless_the_password_fills_all_72_bytes() {
        for length in 0..=KEY_LIMIT {
            let key = BcryptKey::plain(&"x".repeat(length)).expect("short enough");
            assert_eq!(key.as_bytes().len(), (length + 1).min(KEY_LIMIT));
            assert_eq!(key.as_bytes().ends_with(&[0]), length < KEY_LIMIT);
        }
    }

    #[test]
    fn rejects_passwords_that_bcrypt_would_not_read_in_full() {
        assert!(BcryptKey::plain(&"x".repeat(73)).is_none());
        assert!(BcryptKey::plain("a\0a").is_none());
        assert!(
            BcryptKey::plain(&"한".repeat(25)).is_none(),
            "25 characters, 75 bytes"
        );
    }

    #[test]
    fn a_prehashed_key_is_44_characters_and_a_nul() {
        let key = BcryptKey::prehashed(&"x\0".repeat(500), "n79VH.0Q2TMWmt3Oqt9uku");
        assert_eq!(key.as_bytes().len(), 45);
        assert_eq!(key.as_bytes().iter().position(|&byte| byte == 0), Some(44));
    }
}
