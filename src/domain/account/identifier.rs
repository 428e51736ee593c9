//! Login identifiers: a username or an email address.

use super::{
    email::{Email, EmailKey},
    username::{Username, UsernameKey},
};
use crate::domain::invalid::Invalid;

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

/// The beginning of a username or of an email, to search accounts by. It is empty for all.
#[derive(Clone, Default)]
pub struct IdentifierPrefix {
    username: String,
    email: String,
}

impl IdentifierPrefix {
    /// Parses any text that an identifier can begin with, trimmed. A text of no character that
    /// counts is rejected, because every identifier begins with it.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let raw = raw.trim();
        if raw.chars().nth(Email::MAX).is_some() {
            return Err(Invalid::TooLong);
        }
        // The domain of a complete address may be internationalised.
        let email = EmailKey::of(raw).map(|key| key.as_str().to_owned());
        let username = UsernameKey::prefix(raw);
        if username.is_empty() {
            return Err(Invalid::TooShort);
        }
        Ok(Self {
            username,
            email: email.unwrap_or_else(|| raw.to_ascii_lowercase()),
        })
    }

    /// Returns whether a username or an email begins with it.
    #[must_use]
    pub fn matches(&self, username: &Username, email: &Email) -> bool {
        self.matches_username(username) || email.key().as_str().starts_with(&self.email)
    }

    /// Returns whether a username begins with it.
    #[must_use]
    pub fn matches_username(&self, username: &Username) -> bool {
        username.key().as_str().starts_with(&self.username)
    }

    /// Returns the beginning of a username's key.
    #[must_use]
    pub fn of_username(&self) -> &str {
        &self.username
    }

    /// Returns the beginning of an email's key.
    #[must_use]
    pub fn of_email(&self) -> &str {
        &self.email
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

    #[test]
    fn prefixes_have_the_form_of_the_keys() {
        for (text, username, email) in [
            (" Min", "min", "min"),
            ("ｍｉｎ", "min", "ｍｉｎ"),
            ("민", "민", "민"),
            ("Minji.", "minji.", "minji."),
            ("Kim@한국.KR", "kim@한국.kr", "kim@xn--3e0b707e.kr"),
            ("Kim@exam", "kim@exam", "kim@exam"),
        ] {
            let prefix = IdentifierPrefix::parse(text).unwrap();
            let keys = (prefix.of_username(), prefix.of_email());
            assert_eq!(keys, (username, email), "{text}");
        }
        let long = IdentifierPrefix::parse(&"a".repeat(255));
        assert_eq!(long.err(), Some(Invalid::TooLong));
        for empty in ["", " ", "\u{3000}", "\u{200d}"] {
            let rejected = IdentifierPrefix::parse(empty).err();
            assert_eq!(rejected, Some(Invalid::TooShort), "{empty:?}");
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
