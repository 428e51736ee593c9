//! `daemun user`: accounts from the command line, on the database of a running service.

mod attributes;
mod create;
mod delete;
mod list;
mod manage;
mod second_factors;
mod show;

use std::{
    io::Write,
    process::{Output, Stdio},
};

use serde_json::{Value, json};

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

/// Asserts that the command succeeded and named the database. Returns its output.
#[track_caller]
fn done(service: &Service, arguments: &[&str], input: &str) -> String {
    let output = user(service, arguments, input);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    assert_eq!(after_the_database(output.stderr), "", "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Asserts that the command failed. Returns the one line on stderr after the database.
#[track_caller]
fn refused(service: &Service, arguments: &[&str], input: &str) -> String {
    let output = user(service, arguments, input);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let reported = after_the_database(output.stderr);
    assert_eq!(reported.lines().count(), 1, "{reported}");
    reported
        .trim_end()
        .strip_prefix("daemun: ")
        .unwrap()
        .to_owned()
}

/// Returns stderr without its first line, which names the database.
#[track_caller]
fn after_the_database(stderr: Vec<u8>) -> String {
    let reported = String::from_utf8(stderr).unwrap();
    let (first, rest) = reported.split_once('\n').unwrap();
    assert!(first.starts_with("daemun: database "), "{reported}");
    rest.to_owned()
}

/// Returns the account as `show --json` prints it.
fn shown(service: &Service, name: &str) -> Value {
    serde_json::from_str(&done(service, &["show", name, "--json"], "")).unwrap()
}

fn log_in(service: &Service, name: &str, password: &str) -> u16 {
    let body = json!({ "identifier": name, "password": password });
    service.post("/login", &body).send().status
}
