//! Waits for what a service does after its answer.

use std::{
    thread,
    time::{Duration, Instant},
};

/// Asks until it is so; a test that waits this long has failed.
#[track_caller]
pub fn eventually(mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < deadline, "it never came to pass");
        thread::yield_now();
    }
}
