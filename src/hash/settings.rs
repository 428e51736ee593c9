//! Settings of the password hasher.

use std::{num::NonZeroUsize, time::Duration};

use bcrypt_lanes::MAX_LANES;

/// The default cost. OWASP requires 10 or more.
pub(super) const DEFAULT_COST: u32 = 12;

/// The cost of a hash, and the share of the machine that hashing may use.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The bcrypt cost, 4 to 15, of new hashes and of the dummy work for logins that cannot match.
    /// Each step doubles the work.
    pub cost: u32,
    /// Worker threads. The default is one per CPU, or one less under a CPU quota of two or more.
    pub workers: Option<NonZeroUsize>,
    /// The longest wait for a lane. A job that would wait longer is rejected at once.
    pub deadline: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cost: DEFAULT_COST,
            workers: None,
            deadline: Duration::from_secs(2),
        }
    }
}

/// The implementation of bcrypt. All of them compute the same digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Up to this many hashes at once on each worker; the maximum is 8. The best number for the CPU
    /// is measured at start. If the lanes fail their self-test, the reference computes instead.
    Lanes(NonZeroUsize),
    /// The `bcrypt` crate: one hash at a time on each worker.
    Reference,
}

impl Engine {
    /// Returns the highest number of hashes that a worker computes at once.
    pub(super) fn limit(self) -> NonZeroUsize {
        match self {
            Self::Lanes(limit) => limit,
            Self::Reference => NonZeroUsize::MIN,
        }
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::Lanes(const { NonZeroUsize::new(MAX_LANES).unwrap() })
    }
}
