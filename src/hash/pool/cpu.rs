//! The number of worker threads, and their priority.

use std::{num::NonZeroUsize, sync::Once, thread};

use rustix::io::Errno;

/// Added to a worker's niceness, so that requests without hashing are scheduled first.
const NICENESS: i32 = 10;

/// Returns the default number of worker threads: one per CPU that this process may use.
///
/// Under a CPU quota (a container's limit) of two or more it is one less. Niceness gives no
/// precedence within a quota: once hashing has spent it, every thread of the process is throttled.
pub(in crate::hash) fn worker_count() -> NonZeroUsize {
    let available = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    apply_quota(available, cpus_by_affinity())
}

/// Returns the CPUs of the affinity mask. `available_parallelism` is this number or the quota,
/// whichever is smaller.
fn cpus_by_affinity() -> Option<usize> {
    let affinity = rustix::thread::sched_getaffinity(None).ok()?;
    usize::try_from(affinity.count()).ok()
}

fn apply_quota(available: NonZeroUsize, cpus_by_affinity: Option<usize>) -> NonZeroUsize {
    let has_quota = cpus_by_affinity.is_some_and(|cpus| available.get() < cpus);
    let reduced = NonZeroUsize::new(available.get().saturating_sub(1));
    if has_quota {
        reduced.unwrap_or(available)
    } else {
        available
    }
}

/// Lowers the calling thread's priority. The first failure is logged.
pub fn lower_priority() {
    static LOGGED: Once = Once::new();
    if let Err(error) = add_niceness() {
        LOGGED.call_once(|| {
            tracing::warn!(
                event = "hash.priority",
                %error,
                "hashing runs at normal priority; other requests may be slow under many logins"
            );
        });
    }
}

/// On Linux, niceness belongs to a thread.
fn add_niceness() -> Result<(), Errno> {
    rustix::process::nice(NICENESS).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(available: usize, cpus_by_affinity: Option<usize>) -> usize {
        let available = NonZeroUsize::new(available).expect("not zero");
        apply_quota(available, cpus_by_affinity).get()
    }

    #[test]
    fn uses_every_cpu_without_a_quota() {
        assert_eq!(count(1, Some(1)), 1);
        assert_eq!(count(8, Some(8)), 8);
        assert_eq!(count(8, None), 8);
    }

    #[test]
    fn leaves_one_cpu_of_a_quota_of_two_or_more() {
        assert_eq!(count(1, Some(8)), 1);
        assert_eq!(count(2, Some(8)), 1);
        assert_eq!(count(6, Some(8)), 5);
    }

    #[test]
    fn lowering_the_priority_affects_one_thread() {
        let before = rustix::process::getpriority_process(None).expect("readable");
        let inside = thread::spawn(|| {
            add_niceness().expect("lowering is always allowed");
            rustix::process::getpriority_process(None).expect("readable")
        });
        assert_eq!(
            inside.join().expect("no panic"),
            (before + NICENESS).min(19)
        );
        assert_eq!(
            rustix::process::getpriority_process(None).expect("readable"),
            before
        );
    }
}
