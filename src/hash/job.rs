//! One bcrypt computation on its way through the queue, with everything its answer needs; it must not know who computes it.

use tokio::sync::oneshot;

use super::{
    Refusal,
    format::{Digest, Salt},
    key::Key,
};

/// A computation that is asked for. Identity and expected digest stay with the key from beginning to end, so a mix-up between
/// two jobs can't turn into the other caller's yes.
pub(super) struct Job {
    pub(super) key: Key,
    pub(super) salt: Salt,
    pub(super) cost: u32,
    pub(super) question: Question,
}

/// What the caller wants to know, and the way back to him. A sender that is dropped unanswered reads as a refusal.
pub(super) enum Question {
    /// The digest itself, to be stored.
    Digest(oneshot::Sender<Result<Digest, Refusal>>),
    /// Only whether the digest is this one.
    IsIt(Digest, oneshot::Sender<Result<bool, Refusal>>),
}

impl Job {
    /// Its work, in bcrypt rounds: two key schedules each.
    pub(super) fn rounds(&self) -> u64 {
        1 << self.cost
    }

    /// Whether its caller has hung up.
    pub(super) fn is_abandoned(&self) -> bool {
        match &self.question {
            Question::Digest(caller) => caller.is_closed(),
            Question::IsIt(_, caller) => caller.is_closed(),
        }
    }

    /// Answers with what bcrypt computed. A caller that has hung up in the meantime misses nothing.
    pub(super) fn answer(self, digest: Digest) {
        match self.question {
            Question::Digest(caller) => drop(caller.send(Ok(digest))),
            Question::IsIt(expected, caller) => drop(caller.send(Ok(expected.matches(&digest)))),
        }
    }
}
