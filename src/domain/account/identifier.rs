//! Login identifiers: a username or an email address.

use super::{email::EmailKey, username::UsernameKey};

/// The text that names an account at login. It is never rejected for its form: a text that can
/// match no account fails like a wrong password.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Identifier {
    /// A possible username.
    Username(UsernameKey),
    /// A possible email address.
    Email(EmailKey),
    /// Neither, as it was given.
    Unmatchable(String),
}

impl Identifier {
    /// Parses any text, trimmed. A text with `@` is an address, since no username contains it. The
    /// work is bounded for every length.
    #[must_use]
    pub fn of(raw: &str) -> Self {
        let raw = raw.trim();
        if raw.contains('@') {
            EmailKey::of(raw).map(Self::Email)
        } else {
            UsernameKey::of(raw).map(Self::Username)
        }
        .unwrap_or_else(|| Self::Unmatchable(raw.to_owned()))
    }

    /// Returns the text that all spellings of the identifier share.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Username(key) => key.as_str(),
            Self::Email(key) => key.as_str(),
            Self::Unmatchable(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::account::{email::Email, username::Username};

    #[test]
    fn text_with_an_at_sign_is_an_address() {
        let email = Email::parse("Ann@Mail.Example").unwrap();
        assert_eq!(
            Identifier::of("ann@MAIL.example"),
            Identifier::Email(email.key().clone())
        );
        let name = Username::parse("Ann").unwrap();
        assert_eq!(
            Identifier::of("ANN"),
            Identifier::Username(name.key().clone())
        );
    }

    #[test]
    fn surrounding_white_space_is_removed() {
        for text in ["ann", "ann@mail.example", "no body"] {
            let padded = format!(" \t\u{3000}{text}\u{a0}\n");
            assert_eq!(Identifier::of(&padded), Identifier::of(text));
        }
    }

    #[test]
    fn text_that_matches_no_account_is_unmatchable() {
        for text in [
            "",
            "a",
            "a b",
            "\0",
            "@",
            "ann@",
            "ann@localhost",
            &"a".repeat(33),
            &"@".repeat(16_384),
            &"가".repeat(5_461),
        ] {
            assert_eq!(Identifier::of(text), Identifier::Unmatchable(text.into()));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_parsed(text in any::<String>()) {
            let is_email = matches!(Identifier::of(&text), Identifier::Email(_));
            prop_assert!(!is_email || text.contains('@'));
        }
    }
}
