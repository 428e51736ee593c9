//! The flag that the service is stopping.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A flag that is set once, when the service begins to stop. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Draining(Arc<AtomicBool>);

impl Draining {
    /// Sets the flag.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Returns whether the service is stopping.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
