//! The load of a hasher, for an operator.

use super::Hasher;
use crate::meter::{DurationReading, reading_of};

/// The load of a hasher at one moment, and what it has done since its start.
#[derive(Clone, Debug, Default)]
pub struct HashStatistics {
    /// The computations that wait for a lane.
    pub waiting: u64,
    /// The computations that are possible at the same time.
    pub lanes: u64,
    /// The computations in progress.
    pub lanes_busy: u64,
    /// The waits of all computations.
    pub waits: DurationReading,
    /// The requests that were rejected because of the load.
    pub shed: u64,
    /// The digests on which two computations differed.
    pub mismatches: u64,
}

/// The load of the gate of hashes of other systems at one moment, and what it has done since its
/// start.
#[derive(Clone, Debug, Default)]
pub struct GateStatistics {
    /// The verifications that wait for a thread or for memory.
    pub waiting: u64,
    /// The verifications in progress.
    pub running: u64,
    /// The bytes of memory that they use.
    pub memory_used: u64,
    /// The waits of all verifications.
    pub waits: DurationReading,
    /// The requests that were rejected because of the load.
    pub shed: u64,
}

impl Hasher {
    /// Returns the load, without that of the spot checks.
    #[must_use]
    pub fn statistics(&self) -> HashStatistics {
        let queue = self.0.pool.queue();
        let load = queue.load();
        HashStatistics {
            waiting: reading_of(load.waiting),
            lanes: reading_of(load.lanes),
            lanes_busy: reading_of(load.busy),
            waits: queue.waits(),
            shed: queue.shed(),
            mismatches: self.mismatches(),
        }
    }
}
