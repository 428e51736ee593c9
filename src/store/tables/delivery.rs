//! The results of deliveries, which the tables of messages record.

use crate::{domain::timestamp::Timestamp, store::error::StoreError};

/// The messages of one claim.
pub struct ClaimedBatch<M> {
    /// The messages to send.
    pub messages: Vec<M>,
    /// The errors of rows that could not be read. They are not sent.
    pub unreadable: Vec<StoreError>,
}

/// The final state of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalState {
    /// A server accepted it.
    Sent,
    /// A server rejected it permanently.
    Failed,
    /// It was not sent while it was worth sending.
    Expired,
}

impl FinalState {
    /// Every final state.
    pub const ALL: [Self; 3] = [Self::Sent, Self::Failed, Self::Expired];

    /// Returns the stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }
}

/// The result of a delivery attempt.
#[derive(Clone, Copy, Debug)]
pub enum DeliveryResult {
    /// The message is not sent again.
    Final(FinalState),
    /// The message is to be sent again.
    Retry {
        /// Failed attempts so far.
        attempts: i64,
        /// The time from which it is due.
        due_at: Timestamp,
        /// The status of the HTTP response to this attempt, 0 without a response, or `None` if
        /// there was no attempt.
        status: Option<u16>,
    },
}

impl DeliveryResult {
    /// The message is due again at this time, whatever became of the attempt.
    #[must_use]
    pub const fn due(attempts: i64, due_at: Timestamp) -> Self {
        Self::Retry {
            attempts,
            due_at,
            status: None,
        }
    }
}

/// The messages that are to be sent.
#[derive(Clone, Copy, Debug)]
pub struct PendingMessages {
    /// Their number, up to the limit of the query.
    pub count: u64,
    /// The time at which the oldest of them was written.
    pub oldest: Option<Timestamp>,
}
