//! The roll-up of events that clients can cause without end: one row for a subject and 10 minutes.

use std::time::Duration;

use super::kind::{EventType, SecurityEvent};
use crate::domain::{account::ids::UserId, client::network::Network, timestamp::Timestamp};

/// The time in which events of one type and subject are one row.
const WINDOW: Duration = Duration::from_mins(10);

/// The subject for which events of one type are one row in 10 minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollUp {
    /// An account.
    Account(UserId),
    /// A client IP.
    Network(Network),
    /// All subjects, once too many rows are rolled up.
    All,
}

/// The rows that the events of a type become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recording {
    /// Each event is a row.
    Single,
    /// The events of a subject within 10 minutes are a row with their number.
    Counted,
    /// The first event of a subject within 10 minutes is a row: no transaction would write the
    /// others.
    Sampled,
}

impl RollUp {
    /// Returns the number of the 10 minutes in which a time is.
    #[must_use]
    pub fn window(at: Timestamp) -> i64 {
        at.window(WINDOW)
    }

    /// Returns the key that the events of one row share.
    #[must_use]
    pub fn key(self, event: &SecurityEvent, at: Timestamp) -> String {
        let (name, window) = (event.event_type().name(), Self::window(at));
        let subject = match self {
            Self::Account(user) => user.to_string(),
            Self::Network(network) => hex::encode(network.as_bytes()),
            Self::All => String::from("all"),
        };
        match event.limit() {
            Some(limit) => format!("{name} {limit} {subject} {window}"),
            None => format!("{name} {subject} {window}"),
        }
    }
}

impl EventType {
    /// Returns the rows that events of this type become.
    #[must_use]
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "an event with a row of its own is the ordinary case"
    )]
    pub const fn recording(self) -> Recording {
        match self {
            Self::LoginFailed
            | Self::LoginDisabled
            | Self::LoginUnverified
            | Self::SignUpPending
            | Self::UserUpdated
            | Self::RecoveryCodesRenewed
            | Self::DataExported => Recording::Counted,
            Self::LoginThrottled | Self::CaptchaRejected => Recording::Sampled,
            _ => Recording::Single,
        }
    }
}

impl SecurityEvent {
    /// Returns the rate limit that caused the event.
    #[must_use]
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "an event without a limit is the ordinary case"
    )]
    pub const fn limit(&self) -> Option<&'static str> {
        match self {
            Self::LoginThrottled { limit } | Self::ChangeThrottled { limit } => Some(limit),
            _ => None,
        }
    }
}
