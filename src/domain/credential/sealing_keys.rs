//! The secrets that seal stored values, and the rotation from one secret to the next.

use std::fmt;

use aws_lc_rs::aead::NONCE_LEN;
use zeroize::Zeroizing;

use super::secret::Secret;

/// The secrets of stored values: the current one seals, and each of them opens.
#[derive(Clone, Debug)]
pub struct SealingKeys {
    current: Secret,
    previous: Vec<Secret>,
}

/// A value that was opened. Its `Debug` hides it.
pub struct Opened {
    /// The value.
    pub plain: Zeroizing<Vec<u8>>,
    /// True if a previous secret sealed it.
    pub is_stale: bool,
}

impl SealingKeys {
    /// Returns the keys of the current secret and of the secrets before it.
    #[must_use]
    pub const fn new(current: Secret, previous: Vec<Secret>) -> Self {
        Self { current, previous }
    }

    /// Seals bytes for one use and name under the current secret, as [`Secret::seal`] does.
    #[must_use]
    pub fn seal(
        &self,
        usage: &str,
        name: &str,
        plain: &[u8],
        nonce: [u8; NONCE_LEN],
    ) -> Option<Vec<u8>> {
        self.current.seal(usage, name, plain, nonce)
    }

    /// Opens a value that the current secret or a previous one sealed for this use and name.
    #[must_use]
    pub fn open(&self, usage: &str, name: &str, sealed: &[u8]) -> Option<Opened> {
        let opened = |secret: &Secret, is_stale| {
            let plain = secret.open(usage, name, sealed)?;
            Some(Opened { plain, is_stale })
        };
        let mut previous = self.previous.iter();
        opened(&self.current, false)
            .or_else(|| previous.find_map(|previous| opened(previous, true)))
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Opened(hidden, stale: {})", self.is_stale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credential::secret::SECRET_BYTES;

    fn secret(byte: u8) -> Secret {
        Secret::new([byte; SECRET_BYTES])
    }

    #[test]
    fn value_of_each_previous_secret_opens_as_stale_and_current_value_as_fresh() {
        let keys = SealingKeys::new(secret(3), vec![secret(2), secret(1)]);
        for (byte, is_stale) in [(1, true), (2, true), (3, false)] {
            let sealed = secret(byte).seal("use", "name", b"plain", [0; NONCE_LEN]);
            let opened = keys.open("use", "name", &sealed.unwrap()).unwrap();
            assert_eq!(opened.plain[..], b"plain"[..]);
            assert_eq!(opened.is_stale, is_stale, "{byte}");
        }
        let foreign = secret(4).seal("use", "name", b"plain", [0; NONCE_LEN]);
        assert!(keys.open("use", "name", &foreign.unwrap()).is_none());
    }

    #[test]
    fn current_secret_alone_seals() {
        let keys = SealingKeys::new(secret(2), vec![secret(1)]);
        let sealed = keys.seal("use", "name", b"plain", [0; NONCE_LEN]).unwrap();
        assert!(secret(2).open("use", "name", &sealed).is_some());
        assert!(secret(1).open("use", "name", &sealed).is_none());
    }

    #[test]
    fn debug_hides_secrets_and_values() {
        let keys = SealingKeys::new(Secret::of_text("text"), vec![Secret::of_text("other")]);
        let sealed = keys.seal("use", "name", b"plain", [0; NONCE_LEN]).unwrap();
        let opened = keys.open("use", "name", &sealed).unwrap();
        assert_eq!(
            format!("{keys:?} {opened:?}"),
            "SealingKeys { current: Secret(hidden), previous: [Secret(hidden)] } \
             Opened(hidden, stale: false)"
        );
    }
}
