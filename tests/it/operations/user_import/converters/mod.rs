//! The converters of `docs/import.md`, each on an export in its system's own shape.

mod frameworks;
mod services;

use std::{fs, process::Command};

use serde_json::Value;

use super::{import_file, log_in};
use crate::support::{Service, or_skip};

const PAGE: &str = include_str!("../../../../../docs/import.md");

/// Hashes that the original libraries made.
const SAMPLES: &str = include_str!("../../../../external/hashes/samples.json");

const FROM_EMAIL: &[&str] = &["--username-from", "email"];

/// A password with its hash.
struct Sample {
    password: String,
    hash: String,
}

/// Returns the first sample of a form.
fn sample(form: &str) -> Sample {
    let samples: Value = serde_json::from_str(SAMPLES).unwrap();
    let mut samples = samples["samples"].as_array().unwrap().iter();
    let sample = samples.find(|sample| sample["form"] == form).unwrap();
    let text = |name: &str| sample[name].as_str().unwrap().to_owned();
    Sample {
        password: text("password"),
        hash: text("hash"),
    }
}

/// Returns the command that the page has for a system.
fn converter(system: &str) -> &'static str {
    let section = PAGE.split(&format!("### From {system}\n")).nth(1).unwrap();
    let block = section.split("\n```sh\n").nth(1).unwrap();
    block.split("\n```").next().unwrap()
}

/// A service whose settings verify every form of hash.
fn service() -> Service {
    let samples: Value = serde_json::from_str(SAMPLES).unwrap();
    let text = |name: &str| samples[name].as_str().unwrap();
    Service::start_with(&[
        ("DAEMUN_DEVISE_PEPPER", text("devise_pepper")),
        ("DAEMUN_FIREBASE_HASH_CONFIG", text("firebase_hash_config")),
    ])
}

/// Converts an export with the documented command and imports it. Every account is imported, and
/// each of these can log in. Returns the accounts by their usernames.
#[track_caller]
fn imported(
    system: &str,
    (name, export): (&str, &str),
    options: &[&str],
    logins: &[(&str, &Sample)],
) -> Vec<Value> {
    let service = service();
    let folder = service.home().path();
    fs::write(folder.join(name), export).unwrap();
    let mut shell = Command::new("sh");
    let output = shell
        .args(["-ec", converter(system)])
        .current_dir(folder)
        .output();
    let output = output.unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
    let converted = fs::read_to_string(folder.join("accounts.jsonl")).unwrap();
    let imported = import_file(&service, "accounts.jsonl", options);
    assert_eq!(
        imported.status,
        Some(0),
        "{converted} {:?} {}",
        imported.rows,
        imported.stderr
    );
    for (email, sample) in logins {
        assert_eq!(
            log_in(&service, email, &sample.password),
            200,
            "{converted}"
        );
        assert_eq!(log_in(&service, email, "another password"), 401, "{email}");
    }
    let mut list = service.command();
    let listed = list.args(["user", "list", "--json"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let accounts = listed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let mut accounts: Vec<Value> = accounts.collect();
    accounts.sort_by_key(|account| account["username"].to_string());
    accounts
}

/// Returns whether jq is installed. Prints a line if it is not.
fn has_jq() -> bool {
    let has_jq = Command::new("jq").arg("--version").output().is_ok();
    or_skip(has_jq, "jq is missing")
}

/// Returns rows as JSON lines.
fn lines(rows: &[Value]) -> String {
    let rows: Vec<_> = rows.iter().map(Value::to_string).collect();
    rows.join("\n")
}
