//! Tests that this machine or this run skips, recorded for the end of the run.

use std::{
    fs::OpenOptions,
    io::{Write, stderr},
    thread,
};

/// Returns whether the condition holds. If it does not, records the running test as skipped for
/// this reason: one line on stderr, past the harness, and one in `target/tmp/skipped.txt`, which
/// `tests/skipped` counts.
pub fn or_skip(holds: bool, reason: &str) -> bool {
    if !holds {
        let test = thread::current();
        let line = format!("skipped: {}: {reason}\n", test.name().unwrap_or("a test"));
        stderr().write_all(line.as_bytes()).unwrap();
        let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/skipped.txt");
        let file = OpenOptions::new().create(true).append(true).open(file);
        file.unwrap().write_all(line.as_bytes()).unwrap();
    }
    holds
}
