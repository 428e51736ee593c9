//! The service's own secret, and what is derived from it for one use each; it must not know where the secret is kept.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::ZeroizeOnDrop;

/// Bytes of the secret and of all that is derived from it.
pub const SECRET_BYTES: usize = 32;

/// What the service signs and keys with. Replicas that share a database share it too. Its `Debug` hides it.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Secret([u8; SECRET_BYTES]);

impl Secret {
    /// The secret of these random bytes.
    #[must_use]
    pub const fn new(random: [u8; SECRET_BYTES]) -> Self {
        Self(random)
    }

    /// The secret of an operator's text, which has to be long and random itself.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// HMAC-SHA-256 (RFC 2104) over a use and its parts. Lengths go in too, so that no two lists of parts run into one.
    #[must_use]
    pub fn mac(&self, usage: &str, parts: &[&[u8]]) -> [u8; SECRET_BYTES] {
        let mut mac = self.keyed();
        for part in std::iter::once(usage.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
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
    fn uses_and_parts_do_not_run_into_each_other() {
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
    fn debug_hides_it() {
        assert_eq!(format!("{:?}", Secret::of_text("text")), "Secret(hidden)");
    }
}
