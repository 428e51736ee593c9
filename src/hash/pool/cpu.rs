//! How much of the machine hashing takes: the number of worker threads and their priority; it must not know what they compute.

use std::{num::NonZeroUsize, thread};

/// Added to a worker's niceness, so that requests that need no hashing are scheduled before it.
const NICENESS: i32 = 10;

/// Worker threads by default: one a processor that this process may use. Under a quota of processor time (a container's limit)
/// of two processors or more it is one less, because niceness gives no right of way inside a quota: once hashing has spent it,
/// every thread of the process stands still.
pub(in crate::hash) fn worker_count() -> NonZeroUsize {
    let available = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    apply_quota(available, cpus_by_affinity())
}

/// Processors by affinity alone. `available_parallelism` is this number or the quota, whichever is smaller.
fn cpus_by_affinity() -> Option<usize> {
    let affinity = rustix::thread::sched_getaffinity(None).ok()?;
    usize::try_from(affinity.count()).ok()
}

fn apply_quota(available: NonZeroUsize, cpus_by_affinity: Option<usize>) -> NonZeroUsize {
    let has_quota = cpus_by_affinity.is_some_and(|processors| available.get() < processors);
    let reduced = NonZeroUsize::new(available.get().saturating_sub(1));
    if has_quota {
        reduced.unwrap_or(available)
    } else {
        available
    }
}

/// Lowers the calling thread's priority; on Linux niceness belongs to a thread.
pub(in crate::hash) fn lower_priority() -> Result<(), rustix::io::Errno> {
    rustix::process::nice(NICENESS).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(available: usize, cpus_by_affinity: Option<usize>) -> usize {
        apply_quota(
            NonZeroUsize::new(available).expect("not zero"),
            cpus_by_affinity,
        )
        .get()
    }

    #[test]
    fn takes_every_processor_without_a_quota() {
        assert_eq!(count(1, Some(1)), 1);
        assert_eq!(count(8, Some(8)), 8);
        assert_eq!(count(8, None), 8);
    }

    #[test]
    fn leaves_one_processor_of_a_quota_of_two_or_more() {
        assert_eq!(count(1, Some(8)), 1);
        assert_eq!(count(2, Some(8)), 1);
        assert_eq!(count(6, Some(8)), 5);
    }

    #[test]
    fn a_thread_gives_way_alone() {
        let before = rustix::process::getpriority_process(None).expect("readable");
        let inside = thread::spawn(|| {
            lower_priority().expect("lowering is always allowed");
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
