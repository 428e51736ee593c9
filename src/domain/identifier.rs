//! Whom a log-in names; it must not know whether there is such an account.

use super::{email::EmailKey, username::UsernameKey};

/// Text by which somebody logs in. It is never refused: what can be nobody's is a failed log-in like any other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Identifier {
    /// Could be a user name.
    Username(UsernameKey),
    /// Could be an e-mail address.
    Email(EmailKey),
    /// Can be neither.
    Impossible,
}

impl Identifier {
    /// Reads any text; one with `@` is an address, since no user name holds it. Work is bounded, whatever the length.
    #[must_use]
    pub fn of(raw: &str) -> Self {
        if raw.contains('@') {
            EmailKey::of(raw).map_or(Self::Impossible, Self::Email)
        } else {
            UsernameKey::of(raw).map_or(Self::Impossible, Self::Username)
        }
    }
}
