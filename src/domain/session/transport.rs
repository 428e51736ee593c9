//! The ways in which the token of a session reaches the client.

use serde::{Deserialize, Serialize};

/// The way in which a session's token reaches the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionTransport {
    /// The body has the token, and no cookie is set.
    #[default]
    Token,
    /// An HttpOnly cookie is set, and the body has no token.
    Cookie,
}

impl SessionTransport {
    /// Returns the stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Cookie => "cookie",
        }
    }

    /// Returns the transport of a stored name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        [Self::Token, Self::Cookie]
            .into_iter()
            .find(|transport| transport.as_str() == name)
    }
}
