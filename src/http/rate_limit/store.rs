//! The token buckets of the rate limiter, one per network, in bounded memory.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use governor::{
    nanos::Nanos,
    state::{StateStore, keyed::ShrinkableKeyedStateStore},
};

use crate::domain::client::network::Network;

/// The maximum number of networks with their own bucket: less than 5 MB.
pub(crate) const CAPACITY: usize = 100_000;

/// The buckets that new networks share while the store is full. A flood from many networks then
/// blocks only some of the new ones.
const OVERFLOW_BUCKETS: u64 = 1_024;

/// The number of new networks after which full buckets are evicted.
const SWEEP: usize = 8_192;

/// A time per network: when its bucket is full again, on governor's clock. Clones share the times.
#[derive(Clone, Debug)]
pub(crate) struct BucketStore {
    buckets: Arc<Mutex<Buckets>>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Buckets {
    networks: HashMap<Network, Nanos>,
    overflow: HashMap<u64, Nanos>,
    newcomers: usize,
    hasher: RandomState,
}

impl BucketStore {
    /// Creates a store with this maximum number of networks.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            buckets: Arc::default(),
            capacity,
        }
    }

    /// Returns whether full buckets should be evicted.
    pub(crate) fn is_sweep_due(&self) -> bool {
        self.lock().newcomers >= SWEEP.min(self.capacity)
    }

    /// Locks the buckets. They stay consistent if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, Buckets> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for BucketStore {
    type Key = Network;

    fn measure_and_replace<T, F, E>(&self, network: &Network, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut buckets = self.lock();
        if let Some(bucket) = buckets.networks.get_mut(network) {
            let (value, filled) = measure(Some(*bucket))?;
            *bucket = filled;
            return Ok(value);
        }
        buckets.newcomers += 1;
        if buckets.networks.len() < self.capacity {
            let (value, filled) = measure(None)?;
            buckets.networks.insert(*network, filled);
            return Ok(value);
        }
        let place = buckets.hasher.hash_one(network) % OVERFLOW_BUCKETS;
        let (value, filled) = measure(buckets.overflow.get(&place).copied())?;
        buckets.overflow.insert(place, filled);
        Ok(value)
    }
}

impl ShrinkableKeyedStateStore<Network> for BucketStore {
    fn retain_recent(&self, drop_below: Nanos) {
        let mut buckets = self.lock();
        buckets.newcomers = 0;
        buckets.networks.retain(|_, bucket| *bucket > drop_below);
        buckets.overflow.retain(|_, bucket| *bucket > drop_below);
        if buckets.networks.len() < buckets.networks.capacity() / 4 {
            buckets.networks.shrink_to_fit();
        }
    }

    fn len(&self) -> usize {
        let buckets = self.lock();
        buckets.networks.len() + buckets.overflow.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
