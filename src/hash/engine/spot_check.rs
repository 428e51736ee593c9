//! Spot checks of the lanes by the reference. They decide which digest is stored.
//!
//! A wrong stored digest locks an account out for good; a wrong comparison rejects one login. So
//! each new digest is computed twice, and the reference repeats a sample of both kinds.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use super::LaneEngine;
use crate::hash::{
    error::HashError,
    key::BcryptKey,
    pool::{
        WorkerPool,
        job::{Job, JobHandle},
    },
    stored::{Digest, Salt},
};

/// The reference checks one in this many, starting with the first.
const SAMPLE: u64 = 64;

/// The checks of one lane engine, computed by a worker on the reference.
pub(in crate::hash) struct SpotCheck {
    pool: WorkerPool,
    engine: Arc<LaneEngine>,
    new_digests: AtomicU64,
    rejections: AtomicU64,
    mismatches: Arc<MismatchCounter>,
}

impl SpotCheck {
    /// Creates checks of this engine by a pool whose workers compute on the reference.
    pub(in crate::hash) fn new(pool: WorkerPool, engine: Arc<LaneEngine>) -> Self {
        Self {
            pool,
            engine,
            new_digests: AtomicU64::new(0),
            rejections: AtomicU64::new(0),
            mismatches: Arc::default(),
        }
    }

    /// Returns whether lanes may be in use. After a failed self-test the reference computes all.
    pub(in crate::hash) fn is_needed(&self) -> bool {
        self.engine.result() != Some(false)
    }

    pub(in crate::hash) fn mismatches(&self) -> u64 {
        self.mismatches.count()
    }

    /// Returns the digest to store. The reference recomputes it if the two digests differ, if there
    /// is only one, and for a sample. Its digest is final.
    pub(in crate::hash) async fn confirm(
        &self,
        first: Digest,
        second: Option<Digest>,
        (recheck, handle): (Job, JobHandle<Digest>),
    ) -> Result<Digest, HashError> {
        let is_confirmed = second.as_ref().is_some_and(|second| second.matches(&first));
        if is_confirmed && !is_sampled(&self.new_digests) {
            return Ok(first);
        }
        self.pool.queue().submit(vec![recheck])?;
        let correct = handle.wait().await?;
        if !correct.matches(&first) || second.is_some_and(|second| !second.matches(&correct)) {
            self.mismatches
                .report("a new digest was wrong; the correct one is stored");
        }
        Ok(correct)
    }

    /// Checks a sample of the comparisons that rejected a password. No caller waits for it. A check
    /// is skipped if too many are pending.
    pub(in crate::hash) fn check_rejection(
        &self,
        key: BcryptKey,
        salt: Salt,
        cost: u32,
        rejected: Digest,
    ) {
        if is_sampled(&self.rejections) {
            let mismatches = Arc::clone(&self.mismatches);
            let recheck = Job::detached(key, salt, cost, move |digest| {
                if rejected.matches(digest) {
                    mismatches.report("a correct password was rejected");
                }
            });
            let _skipped = self.pool.queue().submit(vec![recheck]);
        }
    }

    /// Finishes the pending checks.
    pub(in crate::hash) async fn drain(&self) {
        self.pool.drain().await;
    }
}

fn is_sampled(counter: &AtomicU64) -> bool {
    counter
        .fetch_add(1, Ordering::Relaxed)
        .is_multiple_of(SAMPLE)
}

/// Counts the digests on which lanes and reference differ. It stays at 0 on a sound machine.
#[derive(Default)]
struct MismatchCounter(AtomicU64);

impl MismatchCounter {
    fn report(&self, what: &str) {
        let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        tracing::error!(
            event = "hash.disagreement",
            hash.disagreements = count,
            "two computations of a password hash differ: {what}; the CPU or memory may be faulty; \
             set DAEMUN_HASH_ENGINE=reference"
        );
    }

    fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
