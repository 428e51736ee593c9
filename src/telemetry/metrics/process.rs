//! The figures of the process that Prometheus's own clients have, as far as the system has them.

use std::{fmt, fs};

use rustix::{
    param::page_size,
    process::{Resource, getrlimit},
    time::{ClockId, clock_gettime},
};

use super::exposition::Exposition;

/// Writes the figures. `started` is the time of the start, in seconds since 1970.
pub(super) fn write(out: &mut Exposition<'_>, started: f64) -> fmt::Result {
    out.seconds_counter(
        "process_cpu",
        "CPU time that the process has used.",
        cpu_seconds(),
    )?;
    out.seconds(
        "process_start_time",
        "Start of the process, since the Unix epoch.",
        started,
    )?;
    if let Some(bytes) = resident_bytes() {
        out.bytes("process_resident_memory", "Resident memory.", bytes)?;
    }
    if let Some(count) = open_files() {
        out.gauge("process_open_fds", "Open file descriptors.", count)?;
    }
    if let Some(limit) = getrlimit(Resource::Nofile).current {
        out.gauge("process_max_fds", "Limit on open file descriptors.", limit)?;
    }
    Ok(())
}

fn cpu_seconds() -> f64 {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    std::time::Duration::try_from(used).map_or(0.0, |used| used.as_secs_f64())
}

/// Reads the second field of `/proc/self/statm`: the resident pages.
fn resident_bytes() -> Option<u64> {
    let statm = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    pages.checked_mul(u64::try_from(page_size()).ok()?)
}

/// Counts the descriptors of the process, without the one that reads the folder.
fn open_files() -> Option<u64> {
    let count = fs::read_dir("/proc/self/fd").ok()?.count();
    u64::try_from(count).ok()?.checked_sub(1)
}
