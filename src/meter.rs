//! Counters and distributions of durations that many threads update without a lock.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// The upper bounds of a distribution: half a millisecond, which a read takes, to five seconds,
/// which no request should take.
pub const BOUNDS: [Duration; 11] = [
    Duration::from_micros(500),
    Duration::from_millis(1),
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_millis(2_500),
    Duration::from_secs(5),
];

/// Returns the number of things as a reading.
#[must_use]
pub fn reading_of(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// A count that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// A counter at zero.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Adds one.
    pub fn increment(&self) {
        self.add(1);
    }

    /// Adds a number.
    pub fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    /// Returns the count.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counters under a fixed set of keys, so that no input adds one.
#[derive(Debug)]
pub struct CounterSet<K>(Vec<(K, Counter)>);

impl<K: Copy + PartialEq> CounterSet<K> {
    /// Counters at zero under these keys.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = K>) -> Self {
        let counters = keys.into_iter().map(|key| (key, Counter::new()));
        Self(counters.collect())
    }

    /// Returns the counter of a key of the set.
    #[must_use]
    pub fn get(&self, key: K) -> Option<&Counter> {
        let found = self.0.iter().find(|(known, _)| *known == key);
        found.map(|(_, counter)| counter)
    }

    /// Adds one under a key. A key outside the set counts nothing.
    pub fn increment(&self, key: K) {
        if let Some(counter) = self.get(key) {
            counter.increment();
        }
    }

    /// Returns each key with its count, in the order of the set.
    pub fn values(&self) -> impl Iterator<Item = (K, u64)> {
        self.0.iter().map(|(key, counter)| (*key, counter.value()))
    }
}

/// A distribution of durations over [`BOUNDS`].
#[derive(Debug, Default)]
pub struct DurationMeter {
    /// One counter for each bound, each without the durations below the bound before.
    buckets: [Counter; BOUNDS.len()],
    longer: Counter,
    nanos: Counter,
}

/// The durations that a [`DurationMeter`] has recorded.
#[derive(Clone, Debug, Default)]
pub struct DurationReading {
    /// The number of durations up to each bound, and above the bound before.
    pub buckets: [u64; BOUNDS.len()],
    /// The number of durations above the last bound.
    pub longer: u64,
    /// The sum of all durations.
    pub sum: Duration,
}

impl DurationMeter {
    /// Records a duration.
    pub fn record(&self, duration: Duration) {
        let place = BOUNDS.partition_point(|bound| *bound < duration);
        self.buckets.get(place).unwrap_or(&self.longer).increment();
        self.nanos
            .add(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Returns what was recorded so far.
    #[must_use]
    pub fn read(&self) -> DurationReading {
        DurationReading {
            buckets: self.buckets.each_ref().map(Counter::value),
            longer: self.longer.value(),
            sum: Duration::from_nanos(self.nanos.value()),
        }
    }
}

impl DurationReading {
    /// Returns the number of all durations.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum::<u64>() + self.longer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_counts_in_the_first_bucket_that_holds_it() {
        let meter = DurationMeter::default();
        let nano = Duration::from_nanos(1);
        for bound in BOUNDS {
            meter.record(bound);
            meter.record(bound + nano);
        }
        meter.record(Duration::ZERO);
        let reading = meter.read();
        assert_eq!(reading.buckets[..2], [2, 2]);
        assert_eq!(reading.buckets[2..], [2; BOUNDS.len() - 2]);
        assert_eq!(reading.longer, 1);
        assert_eq!(reading.count(), 23);
        let bounds: Duration = BOUNDS.iter().sum();
        assert_eq!(reading.sum, bounds * 2 + nano * 11);
    }

    #[test]
    fn a_key_outside_the_set_counts_nothing() {
        let counters = CounterSet::new(["a", "b"]);
        for key in ["a", "b", "a", "c"] {
            counters.increment(key);
        }
        assert_eq!(counters.values().collect::<Vec<_>>(), [("a", 2), ("b", 1)]);
    }
}
