//! Ids of accounts, sessions, devices, passkeys, challenges and messages.

use std::fmt;

use uuid::Uuid;

use crate::domain::timestamp::Timestamp;

/// The id of an account: a `UUIDv7` (RFC 9562), so that ids sort by creation time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UserId(Uuid);

/// The id of a challenge or of a pending signup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChallengeId(Uuid);

/// The id of a recognized device. It names the device and is not its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeviceId(Uuid);

/// The id of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InvitationId(Uuid);

/// The id of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(Uuid);

/// The id of a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PasskeyId(Uuid);

/// The id of a session. It names the session and gives no access to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(Uuid);

macro_rules! id {
    ($name:ident) => {
        impl $name {
            /// Returns a new id from the current time and ten random bytes.
            #[must_use]
            pub fn new(now: Timestamp, random: &[u8; 10]) -> Self {
                let millis = u64::try_from(now.as_micros() / 1_000).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid())
            }

            /// Parses the hyphenated form; returns `None` for anything else.
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
id!(DeviceId);
id!(ChallengeId);
id!(InvitationId);
id!(MessageId);
id!(PasskeyId);

impl ChallengeId {
    /// Returns the bytes that the challenge's token carries.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// Returns the id that a token carries.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }
}
