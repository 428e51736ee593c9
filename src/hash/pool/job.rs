//! One bcrypt computation, with everything that its reply needs.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::hash::{
    error::HashError,
    key::BcryptKey,
    stored::{Digest, Salt},
};

/// A requested computation. The reply and the expected digest travel with the key from start to
/// finish. So a mix-up of two jobs cannot accept the wrong password.
pub(in crate::hash) struct Job {
    pub(in crate::hash) key: BcryptKey,
    pub(in crate::hash) salt: Salt,
    pub(in crate::hash) cost: u32,
    reply: Reply,
    submitted_at: Instant,
}

/// The use of the digest. A sender that is dropped without a value fails its job.
enum Reply {
    /// Sends the digest, to be stored.
    Digest(oneshot::Sender<Digest>),
    /// Sends whether the digest equals this one.
    Comparison(Digest, oneshot::Sender<bool>),
    /// Runs on the worker. No caller waits.
    Callback(Box<dyn FnOnce(&Digest) + Send>),
}

impl Job {
    /// Returns a job that computes a digest, and its handle.
    pub(in crate::hash) fn digest(
        key: BcryptKey,
        salt: Salt,
        cost: u32,
    ) -> (Self, JobHandle<Digest>) {
        let (sender, receiver) = oneshot::channel();
        let job = Self::new(key, salt, cost, Reply::Digest(sender));
        (job, JobHandle(receiver))
    }

    /// Returns a job that compares its digest with `expected`, and its handle.
    pub(in crate::hash) fn comparison(
        key: BcryptKey,
        salt: Salt,
        cost: u32,
        expected: Digest,
    ) -> (Self, JobHandle<bool>) {
        let (sender, receiver) = oneshot::channel();
        let job = Self::new(key, salt, cost, Reply::Comparison(expected, sender));
        (job, JobHandle(receiver))
    }

    /// Returns a job that runs a callback with its digest. It is never abandoned.
    pub(in crate::hash) fn detached(
        key: BcryptKey,
        salt: Salt,
        cost: u32,
        callback: impl FnOnce(&Digest) + Send + 'static,
    ) -> Self {
        Self::new(key, salt, cost, Reply::Callback(Box::new(callback)))
    }

    fn new(key: BcryptKey, salt: Salt, cost: u32, reply: Reply) -> Self {
        Self {
            key,
            salt,
            cost,
            reply,
            submitted_at: Instant::now(),
        }
    }

    /// Returns the time since the job was created.
    pub(in crate::hash) fn waited(&self) -> Duration {
        self.submitted_at.elapsed()
    }

    /// Returns the work of this job in bcrypt rounds, which are two key schedules each.
    pub(in crate::hash) fn rounds(&self) -> u64 {
        1 << self.cost
    }

    /// Returns whether the caller has dropped its handle.
    pub(in crate::hash) fn is_abandoned(&self) -> bool {
        match &self.reply {
            Reply::Digest(sender) => sender.is_closed(),
            Reply::Comparison(_, sender) => sender.is_closed(),
            Reply::Callback(_) => false,
        }
    }

    /// Replies with the computed digest. The reply is lost if the caller has gone meanwhile.
    pub(in crate::hash) fn complete(self, digest: Digest) {
        match self.reply {
            Reply::Digest(sender) => drop(sender.send(digest)),
            Reply::Comparison(expected, sender) => drop(sender.send(expected.matches(&digest))),
            Reply::Callback(callback) => callback(&digest),
        }
    }
}

/// The caller's end of a job. Dropping it abandons the job.
pub(in crate::hash) struct JobHandle<T>(oneshot::Receiver<T>);

impl<T> JobHandle<T> {
    /// Waits for the reply. A job that was dropped has failed.
    pub(in crate::hash) async fn wait(self) -> Result<T, HashError> {
        // The channel's error says only that the job is gone.
        self.0.await.ok().ok_or(HashError::Failed)
    }

    /// Returns the reply if it has arrived.
    pub(in crate::hash) fn try_take(&mut self) -> Option<T> {
        self.0.try_recv().ok()
    }
}
