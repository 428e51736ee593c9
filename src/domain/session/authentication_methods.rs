//! The methods by which the owner of a session was authenticated.

use serde::Serialize;

use crate::domain::text_list::TextList;

/// A password (RFC 8176 section 2).
const PASSWORD: &str = "pwd";

/// The claim `amr`: authentication method references (RFC 8176). They serialize as a JSON array.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct AuthenticationMethods(TextList);

impl AuthenticationMethods {
    /// A password alone.
    #[must_use]
    pub fn password() -> Self {
        Self(TextList::of([PASSWORD]))
    }

    /// Returns stored methods.
    #[must_use]
    pub const fn from_stored(joined: String) -> Self {
        Self(TextList::from_stored(joined))
    }

    /// Returns the stored form: the references joined by commas.
    #[must_use]
    pub fn joined(&self) -> &str {
        self.0.as_str()
    }
}
