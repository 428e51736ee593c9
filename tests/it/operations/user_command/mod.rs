//! `daemun user`: accounts from the command line, on the database of a running service.

mod create;
mod manage;

use std::{
    io::Write,
    process::{Output, Stdio},
};

use serde_json::json;

use crate::support::Service;

/// Runs `daemun user …` beside the service, with this text on standard input.
fn user(service: &Service, arguments: &[&str], input: &str) -> Output {
    let mut command = service.command();
    let mut child = command
        .arg("user")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that fails earlier never reads the input.
    let _unread = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Asserts that the command succeeded. Returns its output.
#[track_caller]
fn done(service: &Service, arguments: &[&str], input: &str) -> String {
    let output = user(service, arguments, input);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Asserts that the command failed. Returns the one line on stderr.
#[track_caller]
fn refused(service: &Service, arguments: &[&str], input: &str) -> String {
    let output = user(service, arguments, input);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let reported = String::from_utf8(output.stderr).unwrap();
    assert_eq!(reported.lines().count(), 1, "{reported}");
    reported
        .trim_end()
        .strip_prefix("daemun: ")
        .unwrap()
        .to_owned()
}

fn log_in(service: &Service, name: &str, password: &str) -> u16 {
    let body = json!({ "identifier": name, "password": password });
    service.post("/login", &body).send().status
}
