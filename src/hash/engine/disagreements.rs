//! Counts how often two ways to compute a hash told different things; it must not know either way.

use std::sync::atomic::{AtomicU64, Ordering};

/// How often the lanes and the reference have told different things: never, on a sound machine.
#[derive(Default)]
pub(in crate::hash) struct MismatchCounter(AtomicU64);

impl MismatchCounter {
    pub(in crate::hash) fn report(&self, what: &str) {
        let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        tracing::error!(
            event = "hash.disagreement",
            hash.disagreements = count,
            "two ways to compute a password hash disagreed: {what}; suspect this machine's processor or memory, and set \
             DAEMUN_HASH_ENGINE=reference"
        );
    }

    pub(in crate::hash) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
