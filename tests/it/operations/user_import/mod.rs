//! `daemun user import`: accounts of another system, on the database of a running service.

mod bad_input;
mod converters;
mod existing;
mod input;
mod resume;
mod taken;
mod usernames;

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::support::Service;

/// A bcrypt hash of the Python package `bcrypt`, and its password.
const HASH: &str = "$2a$10$OxkKfJiqXI1iGx8Q5ndTeOGJ3BQjU6FTj5f2Qxfbb42x5VjYvjIpS";
const HASHED: &str = "four-river-candle-oboe";

/// Writes lines to a file in the service's home. Returns its path.
fn file(service: &Service, name: &str, lines: &[String]) -> PathBuf {
    let path = service.home().path().join(name);
    fs::write(&path, format!("{}\n", lines.join("\n"))).unwrap();
    path
}

/// Returns a line with a hash.
fn line(name: &str) -> String {
    let email = format!("{name}@example.com");
    json!({ "username": name, "email": email, "password_hash": HASH }).to_string()
}

/// Returns the command that imports a file.
fn command(service: &Service, file: &str, options: &[&str]) -> Command {
    let mut command = service.command();
    command.args(["user", "import", file]).args(options);
    command
}

/// The result of an import with `--json`.
struct Imported {
    status: Option<i32>,
    rows: Vec<Value>,
    stderr: String,
}

impl Imported {
    fn of(output: Output) -> Self {
        let stdout = String::from_utf8(output.stdout).unwrap();
        let rows = stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        Self {
            status: output.status.code(),
            rows: rows.collect(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Returns the rows with this status.
    fn with(&self, status: &str) -> Vec<&Value> {
        let rows = self.rows.iter();
        rows.filter(|row| row["status"] == status).collect()
    }

    /// Returns line, field and code of each rejection, by line.
    fn rejections(&self) -> Vec<(u64, String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
        let rows = self.with("rejected").into_iter();
        let mut rejections: Vec<_> = rows
            .map(|row| {
                (
                    row["line"].as_u64().unwrap(),
                    text(&row["field"]),
                    text(&row["code"]),
                )
            })
            .collect();
        rejections.sort();
        rejections
    }

    /// Asserts the numbers of the summary: lines, imported, existing, rejected.
    #[track_caller]
    fn assert(&self, numbers: [u64; 4]) -> &Self {
        let names = ["lines", "imported", "existing", "rejected"];
        let summary = self
            .rows
            .last()
            .unwrap_or_else(|| panic!("{}", self.stderr));
        assert_eq!(summary["status"], "summary", "{summary}");
        let found = names.map(|name| summary[name].as_u64().unwrap());
        assert_eq!(found, numbers, "{:?} {}", self.rows, self.stderr);
        assert_eq!(
            self.status,
            Some(i32::from(numbers[3] > 0)),
            "{}",
            self.stderr
        );
        self
    }
}

/// Imports lines with `--json` and further options.
fn import(service: &Service, lines: &[String], options: &[&str]) -> Imported {
    let path = file(service, "import.jsonl", lines);
    import_file(service, path.to_str().unwrap(), options)
}

fn import_file(service: &Service, file: &str, options: &[&str]) -> Imported {
    let mut command = command(service, file, options);
    Imported::of(command.arg("--json").output().unwrap())
}

/// Imports bytes from standard input.
fn import_bytes(service: &Service, bytes: &[u8], options: &[&str]) -> Imported {
    let mut command = command(service, "-", options);
    let mut child = command
        .arg("--json")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    Imported::of(child.wait_with_output().unwrap())
}

fn log_in(service: &Service, identifier: &str, password: &str) -> u16 {
    let body = json!({ "identifier": identifier, "password": password });
    service.post("/login", &body).send().status
}

/// Returns the number of accounts and the number of `user.imported` events.
fn counts(service: &Service) -> (i64, i64) {
    let mut sql = service.sql();
    let users = sql.numbers("SELECT COUNT(*) AS number FROM users");
    let events = "SELECT COUNT(*) AS number FROM events \
                  WHERE type = 'user.imported' AND actor = 'operator' AND user_id IS NOT NULL";
    (users[0], sql.numbers(events)[0])
}
