//! Tests that this machine or this run cannot make, counted for the end of the run.

use std::{
    fs::OpenOptions,
    io::{Write, stderr},
    thread,
};

/// Returns whether the condition holds. If it does not, the running test counts as skipped for this reason:
/// a line goes to stderr past the harness and to `skipped.txt` in the target's temporary folder.
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
