//! How often somebody was seen of late, as far as this process knows: at no cost, and not for certain. It must not know what is counted.
//!
//! What has to hold is counted in the database; this tells when it is worth asking there before something dear is done. It is wrong
//! in two ways, and both are small: two that meet in a slot are taken for one, which costs a question, and what other replicas saw,
//! or this one before it began anew, costs what the question would have saved.

use std::{
    fmt,
    sync::atomic::{AtomicI64, AtomicU8, Ordering::Relaxed},
    time::Duration,
};

use crate::domain::{rate_limit::Subject, timestamp::Timestamp};

/// How many are told apart; so many bytes are all that it takes, whoever comes.
const SLOTS: usize = 0x4000;

/// After how long it begins anew.
const MEMORY: Duration = Duration::from_hours(1);

/// Who was seen within the hour.
pub struct Sightings {
    began_at: AtomicI64,
    slots: Box<[AtomicU8]>,
}

impl Default for Sightings {
    fn default() -> Self {
        Self {
            began_at: AtomicI64::new(0),
            slots: (0..SLOTS).map(|_| AtomicU8::new(0)).collect(),
        }
    }
}

impl Sightings {
    /// Sees somebody once more; how often before, as far as is known.
    pub(crate) fn see(&self, subject: &Subject, now: Timestamp) -> i64 {
        self.begin_anew(now);
        // A subject is a keyed digest, so nobody can choose whom to meet.
        let place = usize::from(u16::from_be_bytes([subject[0], subject[1]])) % SLOTS;
        let more = |times: u8| Some(times.saturating_add(1));
        self.slots.get(place).map_or(i64::MAX, |slot| {
            let before = slot.fetch_update(Relaxed, Relaxed, more);
            i64::from(before.unwrap_or_default())
        })
    }

    /// Forgets everybody when the hour is over, or when the clock was set back to before it.
    fn begin_anew(&self, now: Timestamp) {
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

impl fmt::Debug for Sightings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sightings")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

    #[test]
    fn each_is_counted_by_itself_within_the_hour() {
        let sightings = Sightings::default();
        let seen = |subject: u8, at| sightings.see(&[subject; 32], at);
        assert_eq!([seen(1, NOW), seen(1, NOW), seen(2, NOW)], [0, 1, 0]);
        let end = NOW.plus(MEMORY);
        assert_eq!(seen(1, end.minus(Duration::from_micros(1))), 2);
        assert_eq!(seen(1, end), 0);
        assert_eq!(seen(1, NOW), 0, "the clock was set back");
    }

    #[test]
    fn whoever_comes_often_stays_at_the_most_that_is_counted() {
        let sightings = Sightings::default();
        let last = (0..1_000).map(|_| sightings.see(&[3; 32], NOW)).last();
        assert_eq!(last, Some(i64::from(u8::MAX)));
    }
}
