//! The engines that compute bcrypt: the lanes, the reference, and the checks of one by the other.

pub(super) mod calibration;
pub(super) mod reference;
mod sample;
mod self_test;
pub(super) mod spot_check;

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};

use bcrypt_lanes::{Input, Lanes};

use super::pool::{
    job::Job,
    kernel::{Kernel, KernelFactory, RawDigest},
};
use calibration::Timings;
use reference::{Bcrypt, Reference};

/// Iterations between two checks of the queue: about a millisecond, and a divisor of the
/// iterations of every cost.
const STEP: u32 = 16;

/// Steps of which the shortest counts, because other load on the machine can only lengthen a step.
const REPETITIONS: usize = 5;

/// An engine that computes in lanes, with the results of its self-test and its calibration.
pub(super) struct LaneEngine {
    new_kernel: Box<dyn Fn() -> Box<dyn Kernel> + Send + Sync>,
    self_test: OnceLock<bool>,
    timings: Mutex<Option<Timings>>,
}

impl LaneEngine {
    /// Returns the engine of this process. It is tested once, because code and CPU stay the same.
    pub(super) fn shared() -> Arc<Self> {
        static SHARED: LazyLock<Arc<LaneEngine>> =
            LazyLock::new(|| Arc::new(LaneEngine::new(|| Box::new(Lanes::new()))));
        Arc::clone(&SHARED)
    }

    pub(super) fn new(new_kernel: impl Fn() -> Box<dyn Kernel> + Send + Sync + 'static) -> Self {
        Self {
            new_kernel: Box::new(new_kernel),
            self_test: OnceLock::new(),
            timings: Mutex::default(),
        }
    }

    /// Creates a kernel on lanes.
    pub(super) fn kernel(&self) -> Box<dyn Kernel> {
        (self.new_kernel)()
    }

    /// Returns a factory of kernels: on lanes if they pass their self-test, otherwise on the
    /// reference.
    pub(super) fn factory(self: &Arc<Self>, reference: &Bcrypt) -> KernelFactory {
        let (lanes, reference) = (Arc::clone(self), Arc::clone(reference));
        Arc::new(move || {
            if lanes.passes() {
                lanes.kernel()
            } else {
                Reference::kernel(&reference)
            }
        })
    }

    /// Returns whether the lanes pass their self-test. The first call takes some 20 ms, and other
    /// callers wait for it.
    pub(super) fn passes(&self) -> bool {
        *self
            .self_test
            .get_or_init(|| self_test::passes(|| self.kernel()))
    }

    /// Returns the result of the self-test if it has run.
    pub(super) fn result(&self) -> Option<bool> {
        self.self_test.get().copied()
    }

    /// Returns the time of a round for each number of lanes. The first call takes some 40 ms, and
    /// other callers wait for it.
    pub(super) fn timings(&self) -> Timings {
        *self.lock_timings().get_or_insert_with(|| self.measure())
    }

    /// Measures once more. Returns the shortest times of all measurements, which are those of the
    /// quietest moment so far.
    pub(super) fn measure_again(&self) -> Timings {
        let again = self.measure();
        let mut timings = self.lock_timings();
        let shortest = timings.map_or(again, |timings| timings.shortest(again));
        *timings.insert(shortest)
    }

    fn measure(&self) -> Timings {
        Timings::measure(self.kernel().as_mut(), REPETITIONS)
    }

    fn lock_timings(&self) -> MutexGuard<'_, Option<Timings>> {
        self.timings.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
