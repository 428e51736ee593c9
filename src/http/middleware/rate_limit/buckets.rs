//! The buckets that the shield fills, one a network, in bounded memory; it must not know how fast they empty.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use governor::{
    nanos::Nanos,
    state::{StateStore, keyed::ShrinkableKeyedStateStore},
};

use crate::domain::network::Network;

/// Networks that are told apart at most: less than 5 MB.
pub(crate) const CAPACITY: usize = 100_000;

/// Buckets that newcomers share while that many are active, so that a flood from everywhere shuts out only some of them.
const CROWD: u64 = 1_024;

/// After so many newcomers it is worth looking for networks that have been quiet long enough.
const SWEEP: usize = 8_192;

/// A moment a network: when its bucket will be empty again, by governor's clock. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Buckets {
    kept: Arc<Mutex<Kept>>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Kept {
    networks: HashMap<Network, Nanos>,
    crowd: HashMap<u64, Nanos>,
    newcomers: usize,
    hasher: RandomState,
}

impl Buckets {
    /// For this many networks.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            kept: Arc::default(),
            capacity,
        }
    }

    /// Whether it is time to forget who has been quiet.
    pub(crate) fn are_due(&self) -> bool {
        self.kept().newcomers >= SWEEP.min(self.capacity)
    }

    /// The buckets stay sound whatever a thread was doing that panicked.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for Buckets {
    type Key = Network;

    fn measure_and_replace<T, F, E>(&self, network: &Network, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut kept = self.kept();
        if let Some(bucket) = kept.networks.get_mut(network) {
            let (value, filled) = measure(Some(*bucket))?;
            *bucket = filled;
            return Ok(value);
        }
        kept.newcomers += 1;
        if kept.networks.len() < self.capacity {
            let (value, filled) = measure(None)?;
            kept.networks.insert(*network, filled);
            return Ok(value);
        }
        let place = kept.hasher.hash_one(network) % CROWD;
        let (value, filled) = measure(kept.crowd.get(&place).copied())?;
        kept.crowd.insert(place, filled);
        Ok(value)
    }
}

impl ShrinkableKeyedStateStore<Network> for Buckets {
    fn retain_recent(&self, drop_below: Nanos) {
        let mut kept = self.kept();
        kept.newcomers = 0;
        kept.networks.retain(|_, bucket| *bucket > drop_below);
        kept.crowd.retain(|_, bucket| *bucket > drop_below);
        if kept.networks.len() < kept.networks.capacity() / 4 {
            kept.networks.shrink_to_fit();
        }
    }

    fn len(&self) -> usize {
        let kept = self.kept();
        kept.networks.len() + kept.crowd.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
