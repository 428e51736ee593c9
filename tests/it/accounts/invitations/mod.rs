//! Tests of invitations: signup with one, their mail, and `daemun invite`.

mod command;
mod mail;
mod modes;
mod pending;
mod sign_up;
mod tries;

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, Service, TestService};

/// Runs `daemun invite …`.
fn invite(mut command: Command, arguments: &[&str]) -> Output {
    command.arg("invite").args(arguments).output().unwrap()
}

/// Asserts that the command succeeded. Returns its output without the end of the line.
#[track_caller]
fn done(command: Command, arguments: &[&str]) -> String {
    let output = invite(command, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    let reported = String::from_utf8(output.stderr).unwrap();
    assert!(reported.starts_with("daemun: database "), "{reported}");
    assert_eq!(reported.lines().count(), 1, "{reported}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    stdout.trim_end().to_owned()
}

/// Creates an invitation beside a service. Returns its token.
#[track_caller]
fn token(service: &Service, arguments: &[&str]) -> String {
    done(service.command(), &[&["create"], arguments].concat())
}

/// Creates an invitation beside a service with its own clock. Returns its token.
#[track_caller]
fn token_for(service: &TestService, arguments: &[&str]) -> String {
    done(service.command(), &[&["create"], arguments].concat())
}

/// Returns the rows of `daemun invite list`, oldest first.
fn list(command: Command) -> Vec<Vec<String>> {
    let listed = done(command, &["list"]);
    let rows = listed.lines().skip(1);
    rows.map(|row| row.split('\t').map(str::to_owned).collect())
        .collect()
}

/// Returns a signup with an invitation.
fn body(name: &str, invitation: &str) -> Value {
    json!({
        "username": name, "email": format!("{name}@example.com"), "password": PASSWORD, "invitation": invitation,
    })
}

fn sign_up(service: &Service, name: &str, invitation: &str) -> Reply {
    service.post("/signup", &body(name, invitation)).send()
}

fn sign_up_at(service: &TestService, name: &str, invitation: &str) -> Reply {
    service.post("/signup", &body(name, invitation)).send()
}
