//! The speed of each number of lanes on this machine, and the choice of the best number.

use std::{
    array,
    hint::black_box,
    time::{Duration, Instant},
};

use bcrypt_lanes::MAX_LANES;

use super::{reference::Bcrypt, sample};
use crate::hash::pool::kernel::Kernel;

/// The number of lanes until it is measured. They fit a first-level data cache of 32 KiB, with
/// room for everything else.
pub(in crate::hash) const CAUTIOUS_LANES: usize = 4;

/// The factor by which the latency of one lane may grow in exchange for throughput.
const LATENCY_LIMIT: u32 = 2;

/// A step must not be the whole work of a hash, so lanes are measured at a high cost.
const LANE_COST: u32 = 15;
/// The reference computes whole hashes only, so it is measured at the lowest cost.
const REFERENCE_COST: u32 = 4;

/// The time of one round of all lanes together, for 1 to 8 lanes.
#[derive(Clone, Copy, Debug)]
pub(in crate::hash) struct Timings([Duration; MAX_LANES]);

/// A number of lanes, and the time of a round divided by that number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::hash) struct LaneChoice {
    pub(in crate::hash) lanes: usize,
    pub(in crate::hash) round: Duration,
}

impl Timings {
    /// Measures each number of lanes in turn, several times over, so that a disturbance does not
    /// affect one number alone.
    pub(in crate::hash) fn measure(kernel: &mut dyn Kernel, repetitions: usize) -> Self {
        let mut shortest = [Duration::MAX; MAX_LANES];
        for _ in 0..repetitions {
            let mut handles = Vec::new();
            for (number, shortest) in shortest.iter_mut().enumerate() {
                handles.push(sample::join(kernel, number, LANE_COST));
                let begin = Instant::now();
                let rounds = kernel.advance().max(1);
                *shortest = (begin.elapsed() / rounds).min(*shortest);
            }
            drop(handles);
            kernel.drop_abandoned();
        }
        Self(shortest)
    }

    /// Measures the reference. Several hashes take a multiple of the time of one.
    pub(in crate::hash) fn of_reference(bcrypt: &Bcrypt, repetitions: usize) -> Self {
        let mut shortest = Duration::MAX;
        for _ in 0..repetitions {
            let (salt, key) = (sample::salt(0), sample::key(0));
            let begin = Instant::now();
            black_box(bcrypt(REFERENCE_COST, salt, key.as_bytes()));
            shortest = shortest.min(begin.elapsed() / (1 << REFERENCE_COST));
        }
        let mut round = Duration::ZERO;
        Self(array::from_fn(|_| {
            round += shortest;
            round
        }))
    }

    /// Returns the shorter time for each number of lanes.
    pub(in crate::hash) fn shortest(self, other: Self) -> Self {
        Self(array::from_fn(|place| {
            let times = [self, other].map(|timings| timings.0.get(place).copied());
            times.into_iter().flatten().min().unwrap_or_default()
        }))
    }

    /// Returns the number of lanes, at most `limit`, with the best throughput. Numbers that more
    /// than double the time of a login are excluded.
    pub(in crate::hash) fn best(&self, limit: usize) -> LaneChoice {
        let single = self.single();
        let timings = (1_u8..).zip(self.0).take(limit.clamp(1, MAX_LANES));
        let fast_enough = timings.filter(|(_, round)| *round <= single * LATENCY_LIMIT);
        let choices = fast_enough.map(|(lanes, round)| LaneChoice {
            lanes: usize::from(lanes),
            round: round / u32::from(lanes),
        });
        choices
            .min_by_key(|choice| choice.round)
            .unwrap_or(LaneChoice {
                lanes: 1,
                round: single,
            })
    }

    /// Returns the time of a round of one lane.
    pub(in crate::hash) fn single(&self) -> Duration {
        self.round(1)
    }

    /// Returns the time of a round of this many lanes together. Fewer lanes cannot take longer.
    pub(in crate::hash) fn round(&self, lanes: usize) -> Duration {
        let times = self.0.iter().take(lanes);
        times.max().copied().unwrap_or_default()
    }
}

#[cfg(test)]
impl Timings {
    /// Creates timings for tests.
    pub(in crate::hash) fn of_micros(micros: [u64; MAX_LANES]) -> Self {
        Self(micros.map(Duration::from_micros))
    }
}
