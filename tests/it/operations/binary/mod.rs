//! The binary from outside: subcommands, exit codes and the messages of failed starts.

mod commands;
mod starts;

use std::{
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};

use crate::support::Service;

/// A start that cannot succeed fails at once. The limit allows for a busy machine.
const AT_ONCE: Duration = Duration::from_secs(30);

fn run(command: &mut Command) -> Output {
    command.output().unwrap()
}

/// Asserts this exit code, in time, with one line on stderr. Returns the line.
#[track_caller]
fn refused(mut command: Command, code: i32) -> String {
    let started = Instant::now();
    let refused = command.output().unwrap();
    assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
    assert_eq!(refused.status.code(), Some(code), "{refused:?}");
    let reported = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(reported.lines().count(), 1, "{reported}");
    for unwanted in ["panicked", "RUST_BACKTRACE", "Error(", "timed out waiting"] {
        assert!(!reported.contains(unwanted), "{reported}");
    }
    reported
        .strip_prefix("daemun: ")
        .expect("the line names the program")
        .to_owned()
}

fn serve(folder: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Service::command_in(folder, settings);
    command.arg("serve");
    command
}
