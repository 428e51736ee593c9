//! Lanes that compute wrong digests.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bcrypt_lanes::Lanes;

use super::FAST;
use crate::hash::{
    Hasher, Settings,
    engine::{LaneEngine, reference::Bcrypt},
    pool::{
        job::Job,
        kernel::{Kernel, RawDigest},
    },
    start::start,
};

/// Changes a digest that the lanes have computed.
type Fault = Arc<dyn Fn(&Job, &mut RawDigest) + Send + Sync>;

/// Real lanes with a fault that shows when a hash is finished.
struct FaultyLanes(Lanes<Job>, Fault);

impl Kernel for FaultyLanes {
    fn join(&mut self, job: Job) {
        Kernel::join(&mut self.0, job);
    }
    fn len(&self) -> usize {
        self.0.len()
    }
    fn advance(&mut self) -> u32 {
        Kernel::advance(&mut self.0)
    }
    fn retire(&mut self) -> Option<(Job, RawDigest)> {
        let (job, mut digest) = self.0.retire()?;
        (self.1)(&job, &mut digest);
        Some((job, digest))
    }
    fn drop_abandoned(&mut self) {
        self.0.drop_abandoned();
    }
}

pub(super) fn faulty(fault: impl Fn(&Job, &mut RawDigest) + Send + Sync + 'static) -> LaneEngine {
    let fault: Fault = Arc::new(fault);
    LaneEngine::new(move || Box::new(FaultyLanes(Lanes::new(), Arc::clone(&fault))))
}

/// An engine whose fault starts after the lanes have passed their self-test.
pub(super) fn faulty_after_self_test(
    fault: impl Fn(&Job, &mut RawDigest) + Send + Sync + 'static,
) -> LaneEngine {
    let is_tested = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&is_tested);
    let engine = faulty(move |job, digest| {
        if switch.load(Ordering::Relaxed) {
            fault(job, digest);
        }
    });
    assert!(engine.passes());
    is_tested.store(true, Ordering::Relaxed);
    engine
}

/// A hasher on these lanes. Two workers can compute two jobs at once from the start; one worker
/// with a single lane never can.
pub(super) fn lane_hasher(engine: LaneEngine, workers: usize, limit: usize) -> Hasher {
    let settings = Settings {
        workers: NonZeroUsize::new(workers),
        deadline: Duration::MAX,
        ..FAST
    };
    let limit = NonZeroUsize::new(limit).expect("not zero");
    let lanes = Some((Arc::new(engine), limit));
    let reference: Bcrypt = Arc::new(bcrypt::bcrypt);
    Hasher(Arc::new(
        start(settings, lanes, &reference).expect("starts"),
    ))
}

pub(super) fn flip(digest: &mut RawDigest) {
    digest[0] ^= 1;
}
