//! Limits on guessing: how long each failure makes the next wait, and how a limit that is reached is told; it must not know who counts.

use std::time::Duration;

use super::secret::SECRET_BYTES;

/// Whom or what something is counted for: a keyed digest, so that the database names nobody.
pub type Subject = [u8; SECRET_BYTES];

/// How long the network's failures are counted together.
pub const NETWORK_WINDOW: Duration = Duration::from_mins(1);

/// How long failures are remembered that make the next one wait.
pub const FAILURE_MEMORY: Duration = Duration::from_hours(24);

/// The waits after the failures that are free. They double up to 15 minutes, which leaves a guesser 96 tries a day; a person who
/// comes back later waits no longer than that.
const WAITS: [Duration; 5] = [
    Duration::from_mins(1),
    Duration::from_mins(2),
    Duration::from_mins(4),
    Duration::from_mins(8),
    Duration::from_mins(15),
];

/// How long the next try has to wait after this many failures, the first `free` of which cost no wait except the last of them.
#[must_use]
pub fn wait_after(failures: i64, free: u32) -> Option<Duration> {
    let step = usize::try_from(failures - i64::from(free)).ok()?;
    WAITS.get(step).or(WAITS.last()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_the_last_free_failure_on() {
        let minutes = |failures| wait_after(failures, 5).map(|wait| wait.as_secs() / 60);
        let waits: Vec<_> = (1..=11).map(minutes).collect();
        let told = [1, 2, 4, 8, 15, 15, 15].map(Some);
        assert_eq!(waits[..4], [None; 4]);
        assert_eq!(waits[4..], told);
        assert_eq!(wait_after(i64::MAX, 1), Some(Duration::from_mins(15)));
        assert_eq!(wait_after(i64::MIN, 100), None);
    }
}
