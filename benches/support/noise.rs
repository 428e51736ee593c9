//! Detection of noisy neighbours on the same machine: while another thread runs on the sibling
//! hyper-thread of a core, independent work takes twice as long on ours.

use std::{
    array,
    hint::black_box,
    num::NonZero,
    thread,
    time::{Duration, Instant},
};

/// The accepted factor over the shortest time. Clock frequencies vary by some tenths; a second
/// thread on the core doubles the time.
const TOLERANCE: f64 = 1.3;

/// About two milliseconds per span. The median of several spans counts, so that an interrupt is not
/// taken for another thread.
const STEPS: u32 = 50_000;
const SPANS: usize = 5;

/// Independent chains of table look-ups: as many as keep a core busy.
const CHAINS: usize = 6;

/// The pause between two probes.
const PAUSE: Duration = Duration::from_millis(50);

/// Compares the speed of every CPU with the best one seen.
pub struct NoiseDetector {
    best: Duration,
}

impl NoiseDetector {
    /// Probes for ten seconds. At least one CPU is undisturbed at some moment of them.
    pub fn new() -> Self {
        let best = (0..200).map(|_| {
            thread::sleep(PAUSE);
            *probes().iter().min().unwrap()
        });
        Self {
            best: best.min().unwrap(),
        }
    }

    /// Returns whether every CPU is undisturbed at this moment.
    pub fn is_quiet(&self) -> bool {
        let most = self.best.mul_f64(TOLERANCE);
        probes().iter().all(|time| *time <= most)
    }

    /// Waits for a quiet moment. Returns whether there was one before `until`.
    pub fn wait_for_quiet(&self, until: Instant) -> bool {
        while !self.is_quiet() {
            if Instant::now() > until {
                return false;
            }
            thread::sleep(PAUSE);
        }
        true
    }
}

/// Runs a probe on every CPU at the same time and returns their times.
fn probes() -> Vec<Duration> {
    let cpus = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let probes: Vec<_> = (0..cpus).map(|_| scope.spawn(probe)).collect();
        let times = probes.into_iter().map(|probe| probe.join().unwrap());
        times.collect()
    })
}

fn probe() -> Duration {
    let tables: [[u32; 256]; 4] =
        array::from_fn(|table| array::from_fn(|place| word(table, place)));
    let tables = black_box(&tables);
    let mut times: [Duration; SPANS] = array::from_fn(|_| {
        let started = Instant::now();
        black_box(chains(tables));
        started.elapsed()
    });
    times.sort();
    times[SPANS / 2]
}

fn chains(tables: &[[u32; 256]; 4]) -> [u32; CHAINS] {
    let mut chains = black_box([1_u32; CHAINS]);
    for step in 0..STEPS {
        for chain in &mut chains {
            let [first, second, third, fourth] = chain.to_le_bytes().map(usize::from);
            *chain = step
                ^ tables[0][first]
                ^ tables[1][second].wrapping_add(tables[2][third])
                ^ tables[3][fourth];
        }
    }
    chains
}

/// Returns a different word for each place.
fn word(table: usize, place: usize) -> u32 {
    let number = u32::try_from(table * 256 + place).unwrap();
    number.wrapping_mul(0x9e37_79b9).rotate_left(13)
}
