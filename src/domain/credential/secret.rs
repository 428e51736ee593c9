//! The service's own secret, and the keys that are derived from it for one use each.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Bytes of the secret and of every derived key.
pub const SECRET_BYTES: usize = 32;

/// The secret with which the service signs and keys digests. Replicas of one database share it. Its
/// `Debug` hides it.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Secret([u8; SECRET_BYTES]);

impl Secret {
    /// Returns the secret of these random bytes.
    #[must_use]
    pub const fn new(random: [u8; SECRET_BYTES]) -> Self {
        Self(random)
    }

    /// Returns the secret of an operator's text, which must be long and random.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// Returns the HMAC-SHA-256 (RFC 2104) of a use and its parts. Each part is preceded by its
    /// length, so that different lists of parts have different bytes.
    #[must_use]
    pub fn mac(&self, usage: &str, parts: &[&[u8]]) -> [u8; SECRET_BYTES] {
        let mut mac = self.keyed();
        for part in std::iter::once(usage.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Seals bytes for one use and name with AES-256-GCM (NIST SP 800-38D) under a derived key.
    /// Returns `None` if the cipher fails. The nonce must be random: 96 bits suffice for the few
    /// values that are ever sealed.
    #[must_use]
    pub fn seal(
        &self,
        usage: &str,
        name: &str,
        plain: &[u8],
        nonce: [u8; NONCE_LEN],
    ) -> Option<Vec<u8>> {
        let mut bytes = plain.to_vec();
        self.cipher(usage)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(name.as_bytes()),
                &mut bytes,
            )
            .ok()?;
        Some([&nonce[..], &bytes].concat())
    }

    /// Opens a value that was sealed for this use and name. Returns `None` for any other value or
    /// secret.
    #[must_use]
    pub fn open(&self, usage: &str, name: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, bytes) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut bytes = Zeroizing::new(bytes.to_vec());
        let length = self
            .cipher(usage)?
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(name.as_bytes()),
                &mut bytes,
            )
            .ok()?
            .len();
        bytes.truncate(length);
        Some(bytes)
    }

    fn cipher(&self, usage: &str) -> Option<LessSafeKey> {
        let key = self.mac("seal", &[usage.as_bytes()]);
        UnboundKey::new(&AES_256_GCM, &key)
            .ok()
            .map(LessSafeKey::new)
    }

    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    fn keyed(&self) -> Hmac<Sha256> {
        Hmac::new_from_slice(&self.0).expect("32 bytes are a key")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_and_parts_are_separated() {
        let secret = Secret::new([7; SECRET_BYTES]);
        let macs = [
            secret.mac("a", &[b"bc"]),
            secret.mac("ab", &[b"c"]),
            secret.mac("a", &[b"b", b"c"]),
            secret.mac("a", &[b"bc", b""]),
            Secret::new([8; SECRET_BYTES]).mac("a", &[b"bc"]),
        ];
        for (place, mac) in macs.iter().enumerate() {
            assert!(!macs[place + 1..].contains(mac), "{place}");
        }
        assert_eq!(secret.mac("a", &[b"bc"]), macs[0]);
    }

    #[test]
    fn seal_opens_for_its_use_name_and_secret_only() {
        let secret = Secret::new([7; SECRET_BYTES]);
        let sealed = secret
            .seal("use", "name", b"plain", [1; NONCE_LEN])
            .unwrap();
        assert!(!sealed.windows(5).any(|bytes| bytes == b"plain"));
        assert_eq!(
            secret.open("use", "name", &sealed).unwrap()[..],
            b"plain"[..]
        );
        assert!(secret.open("other", "name", &sealed).is_none());
        assert!(secret.open("use", "other", &sealed).is_none());
        let other = Secret::new([8; SECRET_BYTES]);
        assert!(other.open("use", "name", &sealed).is_none());
        for end in 0..sealed.len() {
            assert!(secret.open("use", "name", &sealed[..end]).is_none());
        }
    }

    #[test]
    fn debug_hides_the_secret() {
        assert_eq!(format!("{:?}", Secret::of_text("text")), "Secret(hidden)");
    }
}
