//! The messages of the outbox, and the results of their delivery.

use crate::{
    domain::{
        account::ids::MessageId,
        language::Language,
        message::{MessageKind, MessageReference},
        timestamp::Timestamp,
    },
    store::error::StoreError,
};

/// A message to insert.
pub struct NewMessage<'a> {
    /// Stays the same for every delivery attempt.
    pub id: MessageId,
    /// The kind.
    pub kind: MessageKind,
    /// The address as written.
    pub recipient: &'a str,
    /// The language of its texts.
    pub language: Language,
    /// The row that its code, link or token is for, if it has them.
    pub reference: Option<MessageReference>,
    /// The details that its texts mention, as a JSON object.
    pub detail: &'a str,
    /// The time of the request.
    pub created_at: Timestamp,
    /// The time from which it is not worth sending.
    pub expires_at: Timestamp,
}

/// A message that a worker has claimed.
#[derive(Clone)]
pub struct OutboxMessage {
    /// Stays the same for every delivery attempt.
    pub id: MessageId,
    /// The kind.
    pub kind: MessageKind,
    /// The address as written.
    pub recipient: String,
    /// The language of its texts.
    pub language: Language,
    /// The row that its code, link or token is for, if it has them.
    pub reference: Option<MessageReference>,
    /// The details that its texts mention, as a JSON object.
    pub detail: String,
    /// Temporary rejections so far.
    pub attempts: i64,
    /// The time from which it is not worth sending.
    pub expires_at: Timestamp,
    /// The time of the request.
    pub created_at: Timestamp,
}

/// The messages of one claim.
pub struct ClaimedBatch {
    /// The messages to send.
    pub messages: Vec<OutboxMessage>,
    /// The errors of rows that could not be read. Their final state is `failed`.
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
        /// Temporary rejections so far.
        attempts: i64,
        /// The time from which it is due.
        due_at: Timestamp,
    },
}

/// The messages that are to be sent.
#[derive(Clone, Copy, Debug)]
pub struct PendingMessages {
    /// Their number, up to the limit of the query.
    pub count: u64,
    /// The time at which the oldest of them was written.
    pub oldest: Option<Timestamp>,
}
