//! Messages to send.

use crate::domain::{
    account::ids::MessageId, language::Language, message::MessageKind, timestamp::Timestamp,
};

/// A message to one mailbox.
pub struct Message<'a> {
    /// Becomes its Message-ID, so that a repeated message can be recognized.
    pub id: MessageId,
    /// The address as written.
    pub recipient: &'a str,
    /// The language of its texts.
    pub language: Language,
    /// Its date.
    pub created_at: Timestamp,
    /// Its topic.
    pub topic: Topic<'a>,
}

/// The topic of a message.
pub enum Topic<'a> {
    /// A test of mail delivery.
    Test,
    /// A message of the outbox.
    Kind {
        /// The kind.
        kind: MessageKind,
        /// The secrets that prove access to the mailbox, if the kind has them.
        secrets: ChallengeSecrets,
        /// A JSON object with `username`, `ip` and `user_agent`, as far as they are known.
        detail: &'a str,
    },
}

/// The secrets of a challenge, each of which proves access to the mailbox.
#[derive(Default)]
pub struct ChallengeSecrets {
    /// The code to type, while it is valid.
    pub code: Option<String>,
    /// The token for the link.
    pub token: Option<String>,
}
