//! Who has an account, and how accounts are told apart; it must not know how they are kept.

use std::fmt;

use uuid::Uuid;

use super::{email::Email, username::Username};
use crate::domain::timestamp::Timestamp;

/// The id of an account: a `UUIDv7` (RFC 9562), so ids sort by the time they were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UserId(Uuid);

/// The id of a challenge or of a sign-up that waits for its mailbox to be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChallengeId(Uuid);

/// The id of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(Uuid);

/// The id of a session; it names the session and gives no access to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(Uuid);

macro_rules! id {
    ($name:ident) => {
        impl $name {
            /// A new id from the present time and ten random bytes.
            #[must_use]
            pub fn new(now: Timestamp, random: &[u8; 10]) -> Self {
                let millis = u64::try_from(now.as_micros() / 1_000).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid())
            }

            /// Reads the hyphenated form; `None` for anything else.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                (text.len() == uuid::fmt::Hyphenated::LENGTH)
                    .then(|| Uuid::try_parse(text).ok())
                    .flatten()
                    .map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(formatter)
            }
        }
    };
}
id!(UserId);
id!(SessionId);
id!(ChallengeId);
id!(MessageId);

impl ChallengeId {
    /// As its token carries it.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// Out of its token.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }
}

/// An account as its owner sees it.
#[derive(Clone, Debug)]
pub struct User {
    /// Never changes.
    pub id: UserId,
    /// As written, case kept.
    pub username: Username,
    /// As written.
    pub email: Email,
    /// Whether its owner proved to read that mailbox.
    pub email_verified: bool,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// An account with what a log-in is judged by.
#[derive(Clone)]
pub struct Credentials {
    /// Whose.
    pub user: User,
    /// The stored form of the password.
    pub password_hash: String,
    /// How often its owner or an operator replaced the password. A hash that is renewed leaves it as it is.
    pub password_version: i64,
    /// Whether an operator has shut the account.
    pub disabled: bool,
}

/// A sign-up that becomes an account once somebody proves to read its mailbox and to know its password.
pub struct PendingSignUp {
    /// What its token and code are derived from.
    pub id: ChallengeId,
    /// The user name that is kept for it meanwhile.
    pub username: Username,
    /// The mailbox.
    pub email: Email,
    /// The stored form of the password.
    pub password_hash: String,
}
