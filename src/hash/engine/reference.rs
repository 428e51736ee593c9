//! The reference engine: one hash at a time by a plain bcrypt function.

use std::sync::Arc;

use crate::hash::pool::{
    job::Job,
    kernel::{Kernel, KernelFactory, RawDigest},
};

/// A bcrypt function of cost, salt and a key of 1 to 72 bytes.
pub(in crate::hash) type Bcrypt = Arc<dyn Fn(u32, [u8; 16], &[u8]) -> RawDigest + Send + Sync>;

/// A kernel with a single place.
pub(super) struct Reference {
    bcrypt: Bcrypt,
    waiting: Option<Job>,
    done: Option<(Job, RawDigest)>,
}

impl Reference {
    /// Creates a kernel on this bcrypt function.
    pub(super) fn kernel(bcrypt: &Bcrypt) -> Box<dyn Kernel> {
        Box::new(Self {
            bcrypt: Arc::clone(bcrypt),
            waiting: None,
            done: None,
        })
    }
}

/// Returns a factory of kernels on this bcrypt function.
pub(in crate::hash) fn factory(bcrypt: &Bcrypt) -> KernelFactory {
    let bcrypt = Arc::clone(bcrypt);
    Arc::new(move || Reference::kernel(&bcrypt))
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
