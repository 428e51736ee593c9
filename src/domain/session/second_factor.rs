//! Second factors, and the challenge of a login that waits for one.

use std::time::Duration;

use super::{authentication_methods::AuthenticationMethods, transport::SessionTransport};
use crate::domain::{
    account::ids::UserId,
    credential::token::{PlainToken, TokenHash},
    timestamp::Timestamp,
};

/// The lifetime of a challenge.
pub const CHALLENGE_LIFE: Duration = Duration::from_mins(5);

/// The tries of a challenge. The failures of the account are counted beside them.
pub const CHALLENGE_TRIES: i64 = 5;

/// The most open challenges of an account; one more replaces the oldest. It bounds the rows that a
/// client with the password leaves. Challenges of recognized devices are counted apart.
pub const CHALLENGES_PER_ACCOUNT: usize = 100;

/// A method that an account offers as its second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactorMethod {
    /// A code of an authenticator app (RFC 6238).
    Totp,
    /// A passkey (WebAuthn).
    Passkey,
    /// A recovery code, which is used up.
    RecoveryCode,
}

impl SecondFactorMethod {
    /// Returns the name in problem documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::RecoveryCode => "recovery_code",
        }
    }
}

/// A login that waits for its second factor, with the only copy of its token.
#[derive(Debug)]
pub struct PendingSecondFactor {
    /// The token that the client presents with the second factor.
    pub challenge: PlainToken,
    /// The methods that the account can present.
    pub methods: Vec<SecondFactorMethod>,
}

/// A login whose first factor was verified. The client presents its token with the second factor.
#[derive(Clone, Debug)]
pub struct SecondFactorChallenge {
    /// The account.
    pub user: UserId,
    /// The time of the first factor.
    pub created_at: Timestamp,
    /// The end of its life.
    pub expires_at: Timestamp,
    /// The version of the password at the first factor. Another one ends the challenge.
    pub password_version: i64,
    /// The version of the second factors at the first factor. Another one ends the challenge.
    pub factors_version: i64,
    /// The methods of the first factor.
    pub methods: AuthenticationMethods,
    /// `true` if the session is confirmed by the second factor.
    pub confirms: bool,
    /// The transport of the session that was requested.
    pub transport: SessionTransport,
    /// `true` if the session is to outlive the browser.
    pub remembered: bool,
    /// The device token that the client presented.
    pub device: Option<TokenHash>,
}
