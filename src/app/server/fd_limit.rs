//! Raises the limit on open files and derives the maximum number of connections from it.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The maximum number of client connections, and the file descriptors of each.
const MAX_CONNECTIONS: u64 = 4_096;
const FILES_PER_CONNECTION: u64 = 2;

/// File descriptors that are reserved for everything else.
const OTHER_FILES: u64 = 64;
const OTHER_FILES_PER_WORKER: u64 = 8;

/// Returns the maximum number of connections of each worker: the workers share the files that the
/// process may open.
pub(super) fn max_connections(workers: usize) -> usize {
    let count = u64::try_from(workers).unwrap_or(u64::MAX);
    let connections = raise_limit()
        .unwrap_or(MAX_CONNECTIONS)
        .saturating_sub(OTHER_FILES + OTHER_FILES_PER_WORKER * count)
        .div_euclid(FILES_PER_CONNECTION)
        .clamp(16, MAX_CONNECTIONS);
    usize::try_from(connections)
        .unwrap_or(usize::MAX)
        .div_ceil(workers)
}

/// Raises the soft limit on open files to the hard limit. Returns the limit that is in force, or
/// `None` if there is none.
fn raise_limit() -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit on open files could not be raised");
            limit.current
        }
    }
}
