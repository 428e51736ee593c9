//! The messages of the outbox.

use crate::domain::{
    account::ids::MessageId,
    language::Language,
    message::{MessageKind, MessageReference},
    timestamp::Timestamp,
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
