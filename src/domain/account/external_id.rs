//! External ids: the names that accounts have in another system.

use std::ops::RangeInclusive;

use serde::Serialize;

use crate::domain::invalid::Invalid;

/// The id of an account in another system of the operator. It is compared as bytes, and no two
/// accounts share one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ExternalId(String);

impl ExternalId {
    /// The most characters.
    pub const MAX: usize = 255;

    /// The visible characters of ASCII.
    const VISIBLE: RangeInclusive<u8> = b'!'..=b'~';

    /// Parses an id: 1 to 255 visible ASCII characters. White space is not removed, because bytes
    /// are compared.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        if raw.is_empty() {
            return Err(Invalid::TooShort);
        }
        if !raw.bytes().all(|byte| Self::VISIBLE.contains(&byte)) {
            return Err(Invalid::InvalidCharacters);
        }
        if raw.len() > Self::MAX {
            return Err(Invalid::TooLong);
        }
        Ok(Self(raw.to_owned()))
    }

    /// Returns a stored id without checking today's rules.
    #[must_use]
    pub const fn from_stored(id: String) -> Self {
        Self(id)
    }

    /// Returns the id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_is_up_to_255_visible_ascii_characters() {
        for accepted in [
            "1",
            "!",
            "~",
            "auth0|5f7c8ec7c33c6c004bbafe82",
            &"a".repeat(255),
        ] {
            assert_eq!(ExternalId::parse(accepted).unwrap().as_str(), accepted);
        }
        for (rejected, reason) in [
            ("", Invalid::TooShort),
            (&*"a".repeat(256), Invalid::TooLong),
            (" a", Invalid::InvalidCharacters),
            ("a b", Invalid::InvalidCharacters),
            ("a\u{7f}", Invalid::InvalidCharacters),
            ("\0", Invalid::InvalidCharacters),
            ("민지", Invalid::InvalidCharacters),
        ] {
            assert_eq!(ExternalId::parse(rejected), Err(reason), "{rejected}");
        }
    }
}
