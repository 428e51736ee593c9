//! Tries the lanes out on this machine: whether they agree with the reference, and how fast each number of them is; it must
//! not know of queues or passwords.

use std::{
    array,
    hint::black_box,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use bcrypt_lanes::{Lanes, MAX_LANES};

use super::{Bcrypt, Kernel};
use crate::hash::{
    key::BcryptKey,
    pool::job::{Job, JobHandle},
    stored::{Digest, new_key},
};

/// Lanes on a first-level data cache of 32 KiB, with room for everything else: used until the numbers are measured.
pub(in crate::hash) const CAUTIOUS_LANES: usize = 4;

/// One lane's latency may grow by this factor for the sake of throughput.
const LATENCY_LIMIT: u32 = 2;

/// Short steps of which the shortest counts, because anything else on the machine can only make a step longer.
const REPETITIONS: usize = 5;

/// The cheapest cost that a stored hash may have: a step is never its whole work at the higher one.
const CHEAP: u32 = 4;
const LONG: u32 = 15;

type Make = dyn Fn() -> Box<dyn Kernel> + Send + Sync;

/// An implementation in lanes, and what trying it has told.
pub(in crate::hash) struct LaneEngine {
    make: Box<Make>,
    passes: OnceLock<bool>,
    timings: Mutex<Option<Timings>>,
}

impl LaneEngine {
    /// The one that is hashed with. It is tried once a process: the code and the processor stay the same.
    pub(in crate::hash) fn lanes() -> Arc<Self> {
        static LANES: LazyLock<Arc<LaneEngine>> =
            LazyLock::new(|| Arc::new(LaneEngine::new(|| Box::new(Lanes::new()))));
        Arc::clone(&LANES)
    }

    pub(in crate::hash) fn new(make: impl Fn() -> Box<dyn Kernel> + Send + Sync + 'static) -> Self {
        Self {
            make: Box::new(make),
            passes: OnceLock::new(),
            timings: Mutex::default(),
        }
    }

    /// A kernel to work with.
    pub(in crate::hash) fn kernel(&self) -> Box<dyn Kernel> {
        (self.make)()
    }

    /// Whether every number of lanes computes what the `bcrypt` crate does: some 20 ms of work for the first caller, during which
    /// others wait. A panic is a no.
    pub(in crate::hash) fn passes(&self) -> bool {
        *self.passes.get_or_init(|| {
            let agrees = AssertUnwindSafe(|| {
                (1..=MAX_LANES).all(|lanes| agrees(self.kernel().as_mut(), lanes))
            });
            panic::catch_unwind(agrees).unwrap_or(false)
        })
    }

    /// What [`LaneEngine::passes`] has found, if it has been asked.
    pub(in crate::hash) fn result(&self) -> Option<bool> {
        self.passes.get().copied()
    }

    /// How long a round takes with each number of lanes: some 40 ms of work for the first caller, during which others wait.
    pub(in crate::hash) fn timings(&self) -> Timings {
        *self.lock_timings().get_or_insert_with(|| self.measure())
    }

    /// Measures once more, and returns the shortest times of all measurements: what they are in the quietest moment so far.
    pub(in crate::hash) fn measure_again(&self) -> Timings {
        let again = self.measure();
        let mut timings = self.lock_timings();
        let fastest = timings.map_or(again, |timings| timings.fastest(again));
        *timings.insert(fastest)
    }

    fn measure(&self) -> Timings {
        Timings::measure(self.kernel().as_mut(), REPETITIONS)
    }

    fn lock_timings(&self) -> MutexGuard<'_, Option<Timings>> {
        self.timings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn agrees(kernel: &mut dyn Kernel, lanes: usize) -> bool {
    let mut handles: Vec<_> = (1..=lanes)
        .map(|number| join(kernel, number, CHEAP))
        .collect();
    // As many steps as the longest way to compute it takes; a kernel that needs more is broken.
    for _ in 0..1 << CHEAP {
        kernel.advance();
        while let Some((job, digest)) = kernel.retire() {
            job.complete(Digest::of(&digest));
        }
    }
    handles.iter_mut().enumerate().all(|(place, handle)| {
        let expected = bcrypt::bcrypt(CHEAP, salt(place + 1), key(place + 1).as_bytes());
        handle
            .take()
            .is_some_and(|digest| digest.matches(&Digest::of(&expected)))
    })
}

fn join(kernel: &mut dyn Kernel, number: usize, cost: u32) -> JobHandle<Digest> {
    let (job, handle) = Job::digest(key(number), salt(number), cost);
    kernel.join(job);
    handle
}

/// Keys of different lengths and salts of different bytes, so that no two lanes may be mistaken for each other.
fn key(number: usize) -> BcryptKey {
    new_key(&"daemun".repeat(2 * number), &salt(number)).1
}

fn salt(number: usize) -> [u8; 16] {
    array::from_fn(|place| u8::try_from(number * 29 + place).unwrap_or(u8::MAX))
}

/// The time that one round of all lanes together takes, for 1 to 8 lanes.
#[derive(Clone, Copy, Debug)]
pub(in crate::hash) struct Timings([Duration; MAX_LANES]);

/// A number of lanes, and the time of a round per lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::hash) struct LaneChoice {
    pub(in crate::hash) lanes: usize,
    pub(in crate::hash) round: Duration,
}

impl Timings {
    /// Measures each number of lanes in turn, several times over, so that a disturbance does not hit one number alone.
    pub(in crate::hash) fn measure(kernel: &mut dyn Kernel, repetitions: usize) -> Self {
        let mut fastest = [Duration::MAX; MAX_LANES];
        for _ in 0..repetitions {
            let mut handles = Vec::new();
            for (place, fastest) in fastest.iter_mut().enumerate() {
                handles.push(join(kernel, place, LONG));
                let begin = Instant::now();
                let rounds = kernel.advance().max(1);
                *fastest = (begin.elapsed() / rounds).min(*fastest);
            }
            drop(handles);
            kernel.drop_abandoned();
        }
        Self(fastest)
    }

    /// The reference in the same terms: several hashes take as many times one.
    pub(in crate::hash) fn of_reference(bcrypt: &Bcrypt, repetitions: usize) -> Self {
        let mut fastest = Duration::MAX;
        for _ in 0..repetitions {
            let begin = Instant::now();
            black_box(bcrypt(CHEAP, salt(0), key(0).as_bytes()));
            fastest = fastest.min(begin.elapsed() / (1 << CHEAP));
        }
        let mut all_lanes = Duration::ZERO;
        Self(array::from_fn(|_| {
            all_lanes += fastest;
            all_lanes
        }))
    }

    /// The shorter time of each number of lanes.
    pub(in crate::hash) fn fastest(self, other: Self) -> Self {
        Self(array::from_fn(|place| {
            let times = [self, other].map(|timings| timings.0.get(place).copied());
            times.into_iter().flatten().min().unwrap_or_default()
        }))
    }

    /// The number of lanes, at most `limit`, with the best throughput among those that keep a log-in within twice the time that it
    /// would take alone.
    pub(in crate::hash) fn best(&self, limit: usize) -> LaneChoice {
        let single = self.single();
        let choices = (1_u8..).zip(self.0).take(limit.clamp(1, MAX_LANES));
        let bearable = choices.filter(|(_, all_lanes)| *all_lanes <= single * LATENCY_LIMIT);
        let choices = bearable.map(|(lanes, all_lanes)| LaneChoice {
            lanes: usize::from(lanes),
            round: all_lanes / u32::from(lanes),
        });
        choices
            .min_by_key(|choice| choice.round)
            .unwrap_or(LaneChoice {
                lanes: 1,
                round: single,
            })
    }

    /// The time of a round of one lane.
    pub(in crate::hash) fn single(&self) -> Duration {
        self.all_lanes(1)
    }

    /// The time of a round of this many lanes together; fewer can't take longer.
    pub(in crate::hash) fn all_lanes(&self, lanes: usize) -> Duration {
        let figures = self.0.iter().take(lanes);
        figures.max().copied().unwrap_or_default()
    }
}

#[cfg(test)]
impl Timings {
    /// Made-up figures.
    pub(in crate::hash) fn of_micros(micros: [u64; MAX_LANES]) -> Self {
        Self(micros.map(Duration::from_micros))
    }
}
