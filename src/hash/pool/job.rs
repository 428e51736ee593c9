//! One bcrypt computation on its way through the queue, with everything its answer needs; it must not know who computes it.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::hash::{
    HashError,
    engine::disagreements::MismatchCounter,
    key::BcryptKey,
    stored::{Digest, Salt},
};

/// A computation that is asked for. Identity and expected digest stay with the key from beginning to end, so a mix-up between
/// two jobs can't turn into the other caller's yes.
pub(in crate::hash) struct Job {
    pub(in crate::hash) key: BcryptKey,
    pub(in crate::hash) salt: Salt,
    pub(in crate::hash) cost: u32,
    pub(in crate::hash) reply: Reply,
}

/// What is asked, and the way back. A sender that is dropped unanswered reads as a refusal.
pub(in crate::hash) enum Reply {
    /// The digest itself, to be stored.
    Digest(oneshot::Sender<Digest>),
    /// Only whether the digest is this one.
    Comparison(Digest, oneshot::Sender<bool>),
    /// Whether it was right that this digest was not matched. Nobody waits.
    Recheck(Digest, Arc<MismatchCounter>),
}

impl Job {
    /// A job that computes a digest, and its answer.
    pub(in crate::hash) fn digest(
        key: BcryptKey,
        salt: Salt,
        cost: u32,
    ) -> (Self, JobHandle<Digest>) {
        let (sender, receiver) = oneshot::channel();
        let reply = Reply::Digest(sender);
        (
            Self {
                key,
                salt,
                cost,
                reply,
            },
            JobHandle(receiver),
        )
    }

    /// A job that compares with a digest, and its answer.
    pub(in crate::hash) fn comparison(
        key: BcryptKey,
        salt: Salt,
        cost: u32,
        expected: Digest,
    ) -> (Self, JobHandle<bool>) {
        let (sender, receiver) = oneshot::channel();
        let reply = Reply::Comparison(expected, sender);
        (
            Self {
                key,
                salt,
                cost,
                reply,
            },
            JobHandle(receiver),
        )
    }

    /// Its work, in bcrypt rounds: two key schedules each.
    pub(in crate::hash) fn rounds(&self) -> u64 {
        1 << self.cost
    }

    /// Whether its caller has hung up.
    pub(in crate::hash) fn is_abandoned(&self) -> bool {
        match &self.reply {
            Reply::Digest(caller) => caller.is_closed(),
            Reply::Comparison(_, caller) => caller.is_closed(),
            Reply::Recheck(..) => false,
        }
    }

    /// Answers with what bcrypt computed. A caller that has hung up in the meantime misses nothing.
    pub(in crate::hash) fn complete(self, digest: Digest) {
        match self.reply {
            Reply::Digest(caller) => drop(caller.send(digest)),
            Reply::Comparison(expected, caller) => drop(caller.send(expected.matches(&digest))),
            Reply::Recheck(rejected, mismatches) => {
                if rejected.matches(&digest) {
                    mismatches.report("a right password was refused");
                }
            }
        }
    }
}

/// The caller's end of a job; dropping it abandons the job.
pub(in crate::hash) struct JobHandle<T>(oneshot::Receiver<T>);

impl<T> JobHandle<T> {
    /// Waits for the answer; a job that was dropped was refused.
    pub(in crate::hash) async fn wait(self) -> Result<T, HashError> {
        // The channel's error says no more than that the job is gone.
        self.0.await.ok().ok_or(HashError::Failed)
    }

    /// The answer, if it is there already.
    pub(in crate::hash) fn take(&mut self) -> Option<T> {
        self.0.try_recv().ok()
    }
}
