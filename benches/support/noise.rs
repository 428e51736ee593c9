//! Whether the processors are ours alone: where a stranger's thread runs on the other half of a core, independent work takes twice as
//! long on ours. It must not know what is measured.

use std::{
    array,
    hint::black_box,
    num::NonZero,
    thread,
    time::{Duration, Instant},
};

/// How much longer than ever the work may take. Clocks vary by some tenths, a second thread on the core doubles it.
const TOLERANCE: f64 = 1.3;

/// About two milliseconds, of which the median of a few is taken, so that an interrupt is no stranger.
const STEPS: u32 = 50_000;
const SPANS: usize = 5;

/// Chains of look-ups that need nothing of each other: as many as keep a core busy.
const CHAINS: usize = 6;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// What the machine did when it was at its best.
pub struct Quiet {
    best: Duration,
}

impl Quiet {
    /// Looks for a moment, for ten seconds, in which at least one processor is.
    pub fn new() -> Self {
        let best = (0..200).map(|_| {
            thread::sleep(PAUSE);
            *probes().iter().min().unwrap()
        });
        Self {
            best: best.min().unwrap(),
        }
    }

    /// Whether every processor is ours alone at this moment.
    pub fn is_now(&self) -> bool {
        let most = self.best.mul_f64(TOLERANCE);
        probes().iter().all(|time| *time <= most)
    }

    /// Waits until it is; whether that was before this moment.
    pub fn waits(&self, until: Instant) -> bool {
        while !self.is_now() {
            if Instant::now() > until {
                return false;
            }
            thread::sleep(PAUSE);
        }
        true
    }
}

/// What every processor takes, all at the same time.
fn probes() -> Vec<Duration> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let probes: Vec<_> = (0..processors).map(|_| scope.spawn(probe)).collect();
        let times = probes.into_iter().map(|probe| probe.join().unwrap());
        times.collect()
    })
}

fn probe() -> Duration {
    let tables: [[u32; 256]; 4] =
        array::from_fn(|table| array::from_fn(|place| mixed(table, place)));
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

/// Any words, as long as they differ.
fn mixed(table: usize, place: usize) -> u32 {
    let number = u32::try_from(table * 256 + place).unwrap();
    number.wrapping_mul(0x9e37_79b9).rotate_left(13)
}
