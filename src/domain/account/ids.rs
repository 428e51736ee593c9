//! Ids of accounts, sessions, devices, passkeys, challenges, events and messages.

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

/// The id of a security event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventId(Uuid);

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
id!(EventId);
id!(InvitationId);
id!(MessageId);
id!(PasskeyId);

/// Declares the binary form of ids that tokens or cursors carry.
macro_rules! binary {
    ($($name:ident)+) => {$(
        impl $name {
            /// Returns the bytes of the id.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Returns the id of these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }
    )+};
}
binary!(ChallengeId EventId InvitationId);

impl EventId {
    /// Returns a new id. The events of one transaction sort by their place in it (RFC 9562 section
    /// 6.2, method 1).
    #[must_use]
    pub fn in_transaction(now: Timestamp, place: usize, mut random: [u8; 10]) -> Self {
        let place = u16::try_from(place).unwrap_or(u16::MAX).to_be_bytes();
        [random[0], random[1]] = place;
        Self::new(now, &random)
    }

    /// Returns the id before which every event of an earlier time sorts.
    #[must_use]
    pub fn earliest_at(time: Timestamp) -> Self {
        Self::new(time, &[0; 10])
    }
}
