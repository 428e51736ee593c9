//! CPU clocks, and durations in milliseconds.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Returns the time of a clock.
pub fn read_clock(id: ClockId) -> Duration {
    let time = clock_gettime(id);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap(),
    )
}

/// Returns a duration in milliseconds.
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
