//! Turns a password into the key that bcrypt reads; it must not know how a hash is stored or compared.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// bcrypt reads 72 bytes at most (18 words of the Blowfish key schedule; Provos & Mazières 1999).
pub(super) const KEY_LIMIT: usize = 72;

/// The block of SHA-256, which HMAC pads its key to (RFC 2104).
const HMAC_BLOCK: usize = 64;

/// A bcrypt key of 1 to 72 bytes, on the heap so that moving it leaves no copy, wiped when dropped.
#[derive(Clone)]
pub(super) struct BcryptKey(Zeroizing<Vec<u8>>);

impl BcryptKey {
    /// The password as every `$2b$` hash reads it, or `None` when bcrypt would not see all of it: a byte past the limit is
    /// dropped, and because bcrypt repeats its key, a NUL inside makes different passwords equal.
    pub(super) fn plain(password: &str) -> Option<Self> {
        let is_seen_whole = password.len() <= KEY_LIMIT && !password.contains('\0');
        is_seen_whole.then(|| Self::terminated(password.as_bytes()))
    }

    /// The password digested first, as in passlib's `$bcrypt-sha256$v=2`: HMAC-SHA-256 under the salt's own text, then padded
    /// base64, which is 44 bytes and free of NUL whatever the password holds.
    pub(super) fn prehashed(password: &str, salt_text: &str) -> Self {
        let mut block = Zeroizing::new([0_u8; HMAC_BLOCK]);
        for (place, byte) in block.iter_mut().zip(salt_text.bytes()) {
            *place = byte;
        }
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(password.as_bytes());
        let digest: Zeroizing<[u8; 32]> = Zeroizing::new(mac.finalize().into_bytes().into());
        let text = Zeroizing::new(BASE64_STANDARD.encode(*digest));
        Self::terminated(text.as_bytes())
    }

    fn terminated(text: &[u8]) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(KEY_LIMIT + 1));
        bytes.extend_from_slice(text);
        bytes.push(0);
        bytes.truncate(KEY_LIMIT);
        Self(bytes)
    }

    /// The key's bytes, never empty.
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
    fn refuses_what_bcrypt_would_not_see_whole() {
        assert!(BcryptKey::plain(&"x".repeat(73)).is_none());
        assert!(BcryptKey::plain("a\0a").is_none());
        assert!(
            BcryptKey::plain(&"한".repeat(25)).is_none(),
            "25 letters, 75 bytes"
        );
    }

    #[test]
    fn a_digested_key_is_44_letters_and_a_nul() {
        let key = BcryptKey::prehashed(&"x\0".repeat(500), "n79VH.0Q2TMWmt3Oqt9uku");
        assert_eq!(key.as_bytes().len(), 45);
        assert_eq!(key.as_bytes().iter().position(|&byte| byte == 0), Some(44));
    }
}
