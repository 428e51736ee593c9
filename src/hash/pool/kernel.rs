//! The interface between a worker and the engine that computes its jobs.

use std::sync::Arc;

use super::job::Job;

/// The 24 bytes that bcrypt computes.
pub(in crate::hash) type RawDigest = [u8; 24];

/// A worker calls this at start and again after a panic.
pub(in crate::hash) type KernelFactory = Arc<dyn Fn() -> Box<dyn Kernel> + Send + Sync>;

/// The jobs that one worker computes, advanced together.
pub(in crate::hash) trait Kernel {
    /// Starts a job. Without a free lane the job is dropped, which fails it.
    fn join(&mut self, job: Job);

    /// Returns the number of jobs in progress.
    fn len(&self) -> usize;

    /// Computes about a millisecond in lanes, or one whole hash on the reference. Returns the
    /// number of rounds by which each job advanced.
    fn advance(&mut self) -> u32;

    /// Removes one finished job.
    fn retire(&mut self) -> Option<(Job, RawDigest)>;

    /// Drops the jobs whose callers have gone.
    fn drop_abandoned(&mut self);
}
