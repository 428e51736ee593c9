//! The methods by which the owner of a session was authenticated.

use serde::Serialize;

use crate::domain::account::text_list::TextList;

/// A password (RFC 8176 section 2).
const PASSWORD: &str = "pwd";

/// A one-time password: a code of an app or of a mail, or a recovery code.
const ONE_TIME_PASSWORD: &str = "otp";

/// Proof of possession of a key that stays in its device.
const HARDWARE_KEY: &str = "hwk";

/// Proof of possession of a key that is backed up.
const SOFTWARE_KEY: &str = "swk";

/// Several factors.
const MULTI_FACTOR: &str = "mfa";

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

    /// A code that was mailed.
    #[must_use]
    pub fn mailed_code() -> Self {
        Self(TextList::of([ONE_TIME_PASSWORD]))
    }

    /// A passkey that verified its user: possession and knowledge or inherence.
    #[must_use]
    pub fn passkey(is_backed_up: bool) -> Self {
        Self(TextList::of([key(is_backed_up), MULTI_FACTOR]))
    }

    /// The same methods and a code as the second factor.
    #[must_use]
    pub fn and_code(&self) -> Self {
        self.and(ONE_TIME_PASSWORD)
    }

    /// The same methods and a passkey as the second factor.
    #[must_use]
    pub fn and_passkey(&self, is_backed_up: bool) -> Self {
        self.and(key(is_backed_up))
    }

    fn and(&self, second: &'static str) -> Self {
        Self(TextList::of(self.0.iter().chain([second, MULTI_FACTOR])))
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

const fn key(is_backed_up: bool) -> &'static str {
    if is_backed_up {
        SOFTWARE_KEY
    } else {
        HARDWARE_KEY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_factors_are_listed_in_their_order() {
        let password = AuthenticationMethods::password();
        let mailed = AuthenticationMethods::mailed_code();
        let cases = [
            (password.and_code(), "pwd,otp,mfa"),
            (password.and_passkey(false), "pwd,hwk,mfa"),
            (password.and_passkey(true), "pwd,swk,mfa"),
            (mailed.and_code(), "otp,mfa"),
            (mailed.and_passkey(true), "otp,swk,mfa"),
            (AuthenticationMethods::passkey(false), "hwk,mfa"),
        ];
        for (methods, expected) in cases {
            assert_eq!(methods.joined(), expected);
        }
    }
}
