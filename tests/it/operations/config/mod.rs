//! The settings: accepted and rejected values, all faults at once, and no secret in a message.

mod app;
mod empty;
mod help;
mod mail;
mod paths;
mod secrets;
mod values;
mod variables;

use std::{fs, path::Path, process::Output};

use crate::support::Service;

/// Runs a subcommand that needs settings and ends by itself.
fn migrate(folder: &Path, settings: &[(&str, &str)]) -> Output {
    let mut command = Service::command_in(folder, settings);
    command.arg("migrate").output().unwrap()
}

/// Returns the lines on stderr of a start that failed for its settings.
#[track_caller]
fn faults(settings: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let refused = migrate(folder.path(), settings);
    assert_eq!(refused.status.code(), Some(2), "{settings:?}: {refused:?}");
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        0,
        "nothing was touched"
    );
    let reported = String::from_utf8(refused.stderr).unwrap();
    reported
        .lines()
        .map(|line| line.strip_prefix("daemun: ").expect(line).to_owned())
        .collect()
}

/// Asserts that each value of a setting is accepted, or rejected with one line.
#[track_caller]
fn assert_accepted_and_refused(settings: &[(&str, &[&str], &[&str])]) {
    let folder = tempfile::tempdir().unwrap();
    for (name, taken, refused) in settings {
        for value in *taken {
            let done = migrate(folder.path(), &[(name, value)]);
            assert!(done.status.success(), "{name}={value}: {done:?}");
        }
        for value in *refused {
            let reported = faults(&[(name, value)]);
            assert_eq!(reported.len(), 1, "{name}={value}: {reported:?}");
            assert!(reported[0].starts_with(name), "{reported:?}");
        }
    }
}
