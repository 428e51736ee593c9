//! The keys that were logged within the last minute: clients cannot fill the log or the memory.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The minimum time between two lines about one key.
const INTERVAL: Duration = Duration::from_mins(1);

/// The maximum number of keys that are logged within one interval. Clients choose the keys.
const MAX_KEYS: usize = 32;

/// The keys that were logged within the interval.
#[derive(Clone, Debug, Default)]
pub(super) struct OnceAMinute(Arc<Mutex<HashMap<String, Instant>>>);

impl OnceAMinute {
    /// Returns whether a line about this key is due, and counts the line.
    pub(super) fn is_due(&self, key: &str) -> bool {
        self.is_due_at(key, Instant::now())
    }

    fn is_due_at(&self, key: &str, now: Instant) -> bool {
        let mut logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        logged.retain(|_, last| now.duration_since(*last) < INTERVAL);
        if logged.len() >= MAX_KEYS || logged.contains_key(key) {
            return false;
        }
        logged.insert(key.to_owned(), now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_logged_once_per_interval_in_bounded_memory() {
        let logged = OnceAMinute::default();
        let start = Instant::now();
        assert!(logged.is_due_at("https://a.example", start));
        assert!(!logged.is_due_at("https://a.example", start + INTERVAL / 2));
        assert!(logged.is_due_at("https://b.example", start));
        for number in 0..1_000 {
            logged.is_due_at(&format!("https://{number}.example"), start);
        }
        assert_eq!(logged.0.lock().unwrap().len(), MAX_KEYS);
        assert!(!logged.is_due_at("https://c.example", start));
        assert!(logged.is_due_at("https://a.example", start + INTERVAL));
        assert_eq!(logged.0.lock().unwrap().len(), 1);
    }
}
