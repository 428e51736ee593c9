//! Recovery codes: each replaces a second factor once, after a device was lost.
//!
//! A code has 120 random bits. Above 112 bits a stored code needs no password hash (ASVS 5.0 6.5.2,
//! SP 800-63B-4 section 3.1.2.2), so verification costs one SHA-256. The alphabet is Crockford's
//! base32, which has no letter that looks like a digit, in lower case and in groups of four.

use std::fmt;

use base32::Alphabet;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::typed_code;
use crate::domain::account::ids::UserId;

/// The codes of a set.
pub const RECOVERY_CODES: usize = 10;

/// Random bytes of a code: 24 characters of five bits.
pub const RECOVERY_CODE_BYTES: usize = 15;

const CHARACTERS: usize = 24;
const GROUP: usize = 4;

/// A recovery code in plain text. It is shown once, has no `Display`, and its `Debug` hides it.
pub struct RecoveryCode(Zeroizing<[u8; RECOVERY_CODE_BYTES]>);

/// The SHA-256 of an account's id and a recovery code. Only this is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCodeHash([u8; 32]);

impl RecoveryCode {
    /// Returns the code of these random bytes.
    #[must_use]
    pub fn new(random: [u8; RECOVERY_CODE_BYTES]) -> Self {
        Self(Zeroizing::new(random))
    }

    /// Parses a code however it was typed: in any case, with or without hyphens and blanks, and
    /// with letters in place of the digits that they look like. Returns `None` if the text can be
    /// no code.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let normalized: Zeroizing<String> =
            Zeroizing::new(typed_code::normalized(text).nfkc().collect());
        if normalized.len() != CHARACTERS {
            return None;
        }
        let bytes = Zeroizing::new(base32::decode(Alphabet::Crockford, &normalized)?);
        bytes.as_slice().try_into().ok().map(Self::new)
    }

    /// Returns the code in plain text, such as `4m9x-0qzv-e7h2-kc5t-83ra-jn6w`.
    #[must_use]
    pub fn expose(&self) -> String {
        let text = base32::encode(Alphabet::Crockford, &self.0[..]).to_lowercase();
        let groups: Vec<_> = text
            .as_bytes()
            .chunks(GROUP)
            .map(String::from_utf8_lossy)
            .collect();
        groups.join("-")
    }

    /// Returns the digest to store for an account.
    #[must_use]
    pub fn digest(&self, user: UserId) -> RecoveryCodeHash {
        let mut hash = Sha256::new_with_prefix(user.to_string());
        hash.update(&self.0[..]);
        RecoveryCodeHash(hash.finalize().into())
    }
}

impl RecoveryCodeHash {
    /// Returns the bytes to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecoveryCode(hidden)")
    }
}

impl fmt::Debug for RecoveryCodeHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecoveryCodeHash(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::timestamp::Timestamp;

    const BYTES: [u8; RECOVERY_CODE_BYTES] = [
        0, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf, 0x84, 0x65, 0x3a, 0x56, 0xd7,
    ];

    fn user(random: u8) -> UserId {
        UserId::new(Timestamp::from_seconds(1_790_000_000), &[random; 10])
    }

    fn digest(typed: &str) -> Option<RecoveryCodeHash> {
        RecoveryCode::typed(typed).map(|code| code.digest(user(1)))
    }

    #[test]
    fn code_has_six_groups_of_crockfords_base32() {
        let text = RecoveryCode::new(BYTES).expose();
        assert_eq!(text, "0123-4567-89ab-cdef-ghjk-mnpq");
        assert_eq!(
            RecoveryCode::new([0xff; 15]).expose(),
            ["zzzz"; 6].join("-")
        );
    }

    #[test]
    fn typed_code_is_read_however_it_was_typed() {
        let expected = digest("0123-4567-89ab-cdef-ghjk-mnpq");
        assert!(expected.is_some());
        for typed in [
            "0123456789abcdefghjkmnpq",
            " 0123 4567 89AB CDEF GHJK MNPQ\n",
            "oi23–4567–89ab–cdef–ghjk–mnpq",
            "OL23-4567-89ab-cdef-ghjk-mnpq",
            "０１２３-４５６７-８９ａｂ-ｃｄｅｆ-ＧＨＪＫ-ＭＮＰＱ",
            "٠١٢٣-٤٥٦٧-٨٩ab-cdef-ghjk-mnpq",
        ] {
            assert_eq!(digest(typed), expected, "{typed}");
        }
        for typed in [
            "",
            "0123-4567-89ab-cdef-ghjk-mnp",
            "0123-4567-89ab-cdef-ghjk-mnpq0",
            "u123-4567-89ab-cdef-ghjk-mnpq",
            "=123-4567-89ab-cdef-ghjk-mnpq",
            "0123-4567-89ab-cdef-ghjk-mn=",
            "0123-4567-89ab-cdef-ghjk-mnp가",
        ] {
            assert_eq!(digest(typed), None, "{typed}");
        }
    }

    #[test]
    fn digest_belongs_to_one_account() {
        let code = RecoveryCode::new(BYTES);
        assert_eq!(
            code.digest(user(1)),
            RecoveryCode::new(BYTES).digest(user(1))
        );
        assert_ne!(code.digest(user(1)), code.digest(user(2)));
        assert_ne!(
            code.digest(user(1)),
            RecoveryCode::new([7; 15]).digest(user(1))
        );
    }

    #[test]
    fn debug_hides_the_code() {
        let code = RecoveryCode::new(BYTES);
        let shown = format!("{code:?} {:?}", code.digest(user(1)));
        assert_eq!(shown, "RecoveryCode(hidden) RecoveryCodeHash(hidden)");
    }

    proptest! {
        #[test]
        fn every_code_is_read_back(random in any::<[u8; RECOVERY_CODE_BYTES]>(), text in any::<String>()) {
            let code = RecoveryCode::new(random);
            let read = RecoveryCode::typed(&code.expose()).unwrap();
            prop_assert_eq!(read.digest(user(1)), code.digest(user(1)));
            let _ = RecoveryCode::typed(&text);
        }
    }
}
