//! An approximate counter of how often a subject was seen within the hour, in bounded memory.
//!
//! Limits are counted exactly in the database. This counter decides whether a query there is worth
//! its cost before a password is hashed. It errs in two ways, and both are harmless: two subjects
//! in one slot count together, which costs a query; what other replicas saw, or this one before it
//! restarted, is missing, which costs what the query would have saved.

use std::{
    fmt,
    sync::atomic::{AtomicI64, AtomicU8, Ordering::Relaxed},
    time::Duration,
};

use crate::domain::{rate_limit::Subject, timestamp::Timestamp};

/// The number of slots, and of bytes in memory.
const SLOTS: usize = 0x4000;

/// The time until every slot is reset.
const MEMORY: Duration = Duration::from_hours(1);

/// The subjects seen within the hour.
pub(in crate::throttle) struct ApproxCounter {
    began_at: AtomicI64,
    slots: Box<[AtomicU8]>,
}

impl Default for ApproxCounter {
    fn default() -> Self {
        Self {
            began_at: AtomicI64::new(0),
            slots: (0..SLOTS).map(|_| AtomicU8::new(0)).collect(),
        }
    }
}

impl ApproxCounter {
    /// Counts one more. Returns the count before, as far as it is known.
    pub(in crate::throttle) fn increment(&self, subject: &Subject, now: Timestamp) -> i64 {
        self.reset_if_due(now);
        // A subject is a keyed digest, so an attacker cannot choose its slot.
        let place = usize::from(u16::from_be_bytes([subject[0], subject[1]])) % SLOTS;
        let more = |times: u8| Some(times.saturating_add(1));
        self.slots.get(place).map_or(i64::MAX, |slot| {
            let before = slot.fetch_update(Relaxed, Relaxed, more);
            i64::from(before.unwrap_or_default())
        })
    }

    /// Resets every slot when the hour is over, or when the clock was set back to before it.
    fn reset_if_due(&self, now: Timestamp) {
        let began_at = self.began_at.load(Relaxed);
        let began = Timestamp::from_micros(began_at);
        let is_within = began <= now && now < began.plus(MEMORY);
        let exchanged = || {
            let exchange =
                self.began_at
                    .compare_exchange(began_at, now.as_micros(), Relaxed, Relaxed);
            exchange.is_ok()
        };
        if !is_within && exchanged() {
            self.slots.iter().for_each(|slot| slot.store(0, Relaxed));
        }
    }
}

impl fmt::Debug for ApproxCounter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApproxCounter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

    #[test]
    fn each_subject_is_counted_alone_within_the_hour() {
        let counter = ApproxCounter::default();
        let seen = |subject: u8, at| counter.increment(&[subject; 32], at);
        assert_eq!([seen(1, NOW), seen(1, NOW), seen(2, NOW)], [0, 1, 0]);
        let end = NOW.plus(MEMORY);
        assert_eq!(seen(1, end.minus(Duration::from_micros(1))), 2);
        assert_eq!(seen(1, end), 0);
        assert_eq!(seen(1, NOW), 0, "the clock was set back");
    }

    #[test]
    fn a_count_saturates() {
        let counter = ApproxCounter::default();
        let last = (0..1_000).map(|_| counter.increment(&[3; 32], NOW)).last();
        assert_eq!(last, Some(i64::from(u8::MAX)));
    }
}
