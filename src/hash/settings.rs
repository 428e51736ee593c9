//! How to hash, as the configuration tells; it must not know where settings come from.

use std::{num::NonZeroUsize, time::Duration};

use bcrypt_lanes::MAX_LANES;

/// The cost where nothing else is said; OWASP asks for 10 or more.
pub(super) const DEFAULT_COST: u32 = 12;

/// How much hashing costs and how much of the machine it may take.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Doublings of bcrypt's work, 4 to 15, for new hashes and for the work of a log-in that can't match.
    pub cost: u32,
    /// Worker threads; by default one a processor, one less under a quota of processor time of two or more.
    pub workers: Option<NonZeroUsize>,
    /// The longest wait before a computation begins; who would wait longer is refused at once.
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

/// What computes bcrypt. All of them give the same digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Several hashes side by side on each worker, at most this many (8 is the most there is); the number that suits the processor
    /// is measured at start. When they fail their self-test, the reference computes instead.
    Lanes(NonZeroUsize),
    /// The `bcrypt` crate, one hash at a time on each worker.
    Reference,
}

impl Engine {
    /// The most hashes that a worker computes side by side.
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
