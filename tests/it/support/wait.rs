//! Waits for what a service does after its response.

use std::{
    thread,
    time::{Duration, Instant},
};

/// The longest wait. A test that waits longer has failed.
const LIMIT: Duration = Duration::from_secs(30);

/// The first and the longest pause between two polls.
const PAUSES: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(50)];

/// Polls with growing pauses until the condition holds.
#[track_caller]
pub fn wait_until(mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    let [mut pause, longest] = PAUSES;
    while !holds() {
        assert!(Instant::now() < deadline, "the condition never held");
        thread::sleep(pause);
        pause = (pause * 2).min(longest);
    }
}
