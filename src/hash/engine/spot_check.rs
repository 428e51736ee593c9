//! Keeps watch over the lanes by means of the reference: it decides what is stored, and counts what was wrong; it must not know
//! passwords or stored texts.
//!
//! A wrong stored digest locks its owner out for good, a wrong comparison refuses once. So every new digest is computed twice,
//! and some of each kind once more by the reference.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use super::{calibration::LaneEngine, disagreements::MismatchCounter};
use crate::hash::{
    HashError,
    pool::{
        WorkerPool,
        job::{Job, JobHandle, Reply},
    },
    stored::Digest,
};

/// One in this many is checked by the reference, beginning with the first.
const SAMPLE: u64 = 64;

/// The watch over lanes. Its own worker computes on the reference.
pub(in crate::hash) struct SpotCheck {
    pool: WorkerPool,
    implementation: Arc<LaneEngine>,
    new_digests: AtomicU64,
    rejections: AtomicU64,
    mismatches: Arc<MismatchCounter>,
}

impl SpotCheck {
    /// A watch over these lanes by a crew that computes on the reference.
    pub(in crate::hash) fn new(pool: WorkerPool, implementation: Arc<LaneEngine>) -> Self {
        Self {
            pool,
            implementation,
            new_digests: AtomicU64::new(0),
            rejections: AtomicU64::new(0),
            mismatches: Arc::default(),
        }
    }

    /// Whether there are lanes to watch: not when they failed their trial and everything runs on the reference.
    pub(in crate::hash) fn is_needed(&self) -> bool {
        self.implementation.result() != Some(false)
    }

    pub(in crate::hash) fn mismatches(&self) -> u64 {
        self.mismatches.count()
    }

    /// The digest to store, of one that was computed twice. The reference is asked when the two differ, when there was no second
    /// place to compute the other, and for a sample; then its digest is the one.
    pub(in crate::hash) async fn confirmed(
        &self,
        one: Digest,
        other: Option<Digest>,
        (again, right): (Job, JobHandle<Digest>),
    ) -> Result<Digest, HashError> {
        let is_confirmed = other.as_ref().is_some_and(|other| other.matches(&one));
        if is_confirmed && !is_sampled(&self.new_digests) {
            return Ok(one);
        }
        self.pool.queue().submit(vec![again])?;
        let right = right.wait().await?;
        if !right.matches(&one) || other.is_some_and(|other| !other.matches(&right)) {
            self.mismatches
                .report("a new digest was wrong, and the right one is stored");
        }
        Ok(right)
    }

    /// Notes that a comparison was answered with no, and has a sample of them checked. Nobody waits for that; should the checks fall
    /// far behind, they are left out.
    pub(in crate::hash) fn check_rejection(
        &self,
        again: impl FnOnce(Reply) -> Job,
        rejected: Digest,
    ) {
        if is_sampled(&self.rejections) {
            let reply = Reply::Recheck(rejected, Arc::clone(&self.mismatches));
            let _left_out = self.pool.queue().submit(vec![again(reply)]);
        }
    }

    /// Finishes the checks that are due.
    pub(in crate::hash) async fn drain(&self) {
        self.pool.drain().await;
    }
}

fn is_sampled(counter: &AtomicU64) -> bool {
    counter
        .fetch_add(1, Ordering::Relaxed)
        .is_multiple_of(SAMPLE)
}
