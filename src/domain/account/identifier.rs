//! Whom a log-in names; it must not know whether there is such an account.

use super::{email::EmailKey, username::UsernameKey};

/// Text by which somebody logs in. It is never refused: what can be nobody's is a failed log-in like any other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Identifier {
    /// Could be a user name.
    Username(UsernameKey),
    /// Could be an e-mail address.
    Email(EmailKey),
    /// Can be neither; as it was given.
    Unmatchable(String),
}

impl Identifier {
    /// Reads any text without the white space around it; one with `@` is an address, since no user name holds it. Work is bounded, whatever the length.
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

    /// The text that all ways of writing it have in common.
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
    fn an_at_sign_makes_an_address() {
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
    fn white_space_around_it_is_removed() {
        for text in ["ann", "ann@mail.example", "no body"] {
            let padded = format!(" \t\u{3000}{text}\u{a0}\n");
            assert_eq!(Identifier::of(&padded), Identifier::of(text));
        }
    }

    #[test]
    fn what_can_be_nobodys_is_impossible() {
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
        fn any_text_is_answered(text in any::<String>()) {
            let is_email = matches!(Identifier::of(&text), Identifier::Email(_));
            prop_assert!(!is_email || text.contains('@'));
        }
    }
}
