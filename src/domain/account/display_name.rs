//! Display names: how the owner of an account wants to be addressed. They identify no account.

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use crate::domain::invalid::Invalid;

/// A name to show. It need not be unique and may contain blanks and emoji.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DisplayName(String);

impl DisplayName {
    /// The most code points, after NFC.
    pub const MAX: usize = 64;

    /// Parses a name. White space around it is removed. Characters that break a line or change the
    /// direction of the text around them are rejected (Unicode UAX 9, UTR 36 section 2.3).
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let raw = raw.trim();
        // No code point decomposes into fewer bytes than a fourth under NFC.
        if raw.len() > Self::MAX * 4 * 4 {
            return Err(Invalid::TooLong);
        }
        let name: String = raw.nfc().collect();
        if name.is_empty() {
            return Err(Invalid::TooShort);
        }
        if name.chars().count() > Self::MAX {
            return Err(Invalid::TooLong);
        }
        if name.chars().any(disturbs_text) {
            return Err(Invalid::InvalidCharacters);
        }
        Ok(Self(name))
    }

    /// Returns a stored name without checking today's rules.
    #[must_use]
    pub const fn from_stored(name: String) -> Self {
        Self(name)
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns whether a character breaks a line or changes the direction of the text around it. All of
/// them are in the basic multilingual plane.
#[must_use]
pub fn disturbs_text(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{2028}' | '\u{2029}' | '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_are_kept_as_written() {
        for name in [
            "김민지",
            "Zoë van der Berg",
            "Anne-Marie O’Neill",
            "👩\u{200D}🚀 Kim",
            "م. علي",
        ] {
            assert_eq!(DisplayName::parse(name).unwrap().as_str(), name);
        }
        assert_eq!(DisplayName::parse("  e\u{301}  ").unwrap().as_str(), "é");
    }

    #[test]
    fn name_has_one_to_64_code_points_and_no_controls() {
        assert!(DisplayName::parse(&"한".repeat(64)).is_ok());
        for (rejected, reason) in [
            (" \u{3000}", Invalid::TooShort),
            (&*"a".repeat(65), Invalid::TooLong),
            (&*"a".repeat(100_000), Invalid::TooLong),
            ("a\nb", Invalid::InvalidCharacters),
            ("a\0b", Invalid::InvalidCharacters),
            ("a\u{202E}b", Invalid::InvalidCharacters),
            ("a\u{2028}b", Invalid::InvalidCharacters),
        ] {
            assert_eq!(DisplayName::parse(rejected), Err(reason), "{rejected:?}");
        }
    }
}
