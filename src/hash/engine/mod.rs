//! The two ways to compute bcrypt, as a worker uses them: lanes, and the reference; it must not know which one is trusted.

pub(in crate::hash) mod calibration;
pub(in crate::hash) mod disagreements;
pub(in crate::hash) mod spot_check;

use std::sync::Arc;

use bcrypt_lanes::{Input, Lanes};

use super::pool::job::Job;

/// The 24 bytes that bcrypt computes.
pub(in crate::hash) type RawDigest = [u8; 24];

/// A plain bcrypt: cost, salt and a key of 1 to 72 bytes.
pub(in crate::hash) type Bcrypt = Arc<dyn Fn(u32, [u8; 16], &[u8]) -> RawDigest + Send + Sync>;

/// Iterations between two looks at the queue: about a millisecond, and a divisor of every cost's.
const STEP: u32 = 16;

/// What one worker computes with.
pub(in crate::hash) trait Kernel {
    /// Begins a job. One that finds no room is dropped, which refuses it.
    fn join(&mut self, job: Job);

    /// Jobs at work.
    fn len(&self) -> usize;

    /// Computes for a while: about a millisecond in lanes, a whole hash on the reference. Returns how many rounds each job went on.
    fn advance(&mut self) -> u32;

    /// Takes out a job that is done.
    fn retire(&mut self) -> Option<(Job, RawDigest)>;

    /// Drops the jobs whose callers have hung up.
    fn drop_abandoned(&mut self);
}

impl Kernel for Lanes<Job> {
    fn join(&mut self, job: Job) {
        let key = job.key.clone();
        if let Ok(input) = Input::new(key.as_bytes(), job.salt, job.cost) {
            drop(Self::join(self, &input, job));
        }
    }

    fn len(&self) -> usize {
        Self::len(self)
    }

    fn advance(&mut self) -> u32 {
        Self::advance(self, STEP)
    }

    fn retire(&mut self) -> Option<(Job, RawDigest)> {
        Self::retire(self)
    }

    fn drop_abandoned(&mut self) {
        self.retain(|job| !job.is_abandoned());
    }
}

/// One job at a time, by a plain bcrypt.
pub(in crate::hash) struct Reference {
    bcrypt: Bcrypt,
    waiting: Option<Job>,
    done: Option<(Job, RawDigest)>,
}

impl Reference {
    pub(in crate::hash) fn new(bcrypt: Bcrypt) -> Self {
        Self {
            bcrypt,
            waiting: None,
            done: None,
        }
    }
}

impl Kernel for Reference {
    fn join(&mut self, job: Job) {
        self.waiting = Some(job);
    }

    fn len(&self) -> usize {
        usize::from(self.waiting.is_some()) + usize::from(self.done.is_some())
    }

    fn advance(&mut self) -> u32 {
        let Some(job) = self.waiting.take() else {
            return 0;
        };
        let digest = (self.bcrypt)(job.cost, job.salt, job.key.as_bytes());
        let rounds = 1 << job.cost;
        self.done = Some((job, digest));
        rounds
    }

    fn retire(&mut self) -> Option<(Job, RawDigest)> {
        self.done.take()
    }

    fn drop_abandoned(&mut self) {
        self.waiting = self.waiting.take().filter(|job| !job.is_abandoned());
    }
}
