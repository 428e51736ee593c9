//! `daemun events list`, and the events of the operator's commands.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Output, Stdio},
};

use serde_json::{Value, json};

use super::{audited, log_in, named};
use crate::support::{PASSWORD, Service, authenticator_app::AuthenticatorApp};

fn run(service: &Service, arguments: &[&str], input: &str) -> Output {
    let mut child = service
        .command()
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

#[track_caller]
pub fn done(service: &Service, arguments: &[&str], input: &str) -> String {
    let output = run(service, arguments, input);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn list(service: &Service, arguments: &[&str]) -> Vec<String> {
    let printed = done(service, &[&["events", "list"], arguments].concat(), "");
    printed.lines().map(str::to_owned).collect()
}

/// Returns the types of the listed events.
fn types(service: &Service, arguments: &[&str]) -> Vec<String> {
    let lines = list(service, arguments);
    let rows = lines.iter().skip(1);
    rows.map(|row| row.split('\t').nth(1).unwrap().to_owned())
        .collect()
}

#[test]
fn events_are_listed_oldest_first_and_by_account_type_and_time() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let seojun = service.sign_up("seojun");
    service.log_in("minji");
    assert_eq!(log_in(&service, "seojun", "wrong"), 401);
    let header = "at\ttype\tactor\tuser_id\tip\tsession_id\trequest_id\tdetail\tid";
    assert_eq!(list(&service, &[])[0], header);
    let all = [
        "user.signed_up",
        "user.signed_up",
        "login.succeeded",
        "login.failed",
    ];
    assert_eq!(types(&service, &[]), all);
    for named in [&["--user", "MINJI"][..], &["--user-id", &minji.id]] {
        assert_eq!(
            types(&service, named),
            ["user.signed_up", "login.succeeded"]
        );
    }
    let two = ["--type", "login.failed", "--type", "login.succeeded"];
    assert_eq!(types(&service, &two), ["login.succeeded", "login.failed"]);
    assert_eq!(types(&service, &["--since", "1h"]).len(), 4);
    assert!(types(&service, &["--since", "2999-01-01T00:00:00Z"]).is_empty());
    let failed = list(&service, &["--type", "login.failed"]);
    let columns: Vec<_> = failed[1].split('\t').collect();
    assert_eq!(columns[2..5], ["anonymous", &seojun.id, "127.0.0.1"]);
    assert!(columns[7].contains("\"count\":1"), "{columns:?}");
    let json = list(&service, &["--type", "login.failed", "--json"]);
    let event: Value = serde_json::from_str(&json[0]).unwrap();
    assert_eq!(event["id"], columns[8]);
}

#[test]
fn json_lines_are_the_events_of_the_api() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    service.log_in("minji");
    let lines = list(&service, &["--json", "--user", "minji"]);
    let mut printed: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    printed.reverse();
    let page = service
        .get("/me/events")
        .bearer(&minji.token)
        .send()
        .assert(200);
    assert_eq!(json!(printed), page.json["events"]);
}

#[test]
fn new_events_are_followed() {
    let service = Service::start();
    service.sign_up("minji");
    let mut child = service
        .command()
        .args(["events", "list", "--follow", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || {
        let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        line["type"].as_str().unwrap().to_owned()
    };
    assert_eq!(next(), "user.signed_up");
    service.log_in("minji");
    assert_eq!(next(), "login.succeeded");
    assert_eq!(log_in(&service, "minji", "wrong"), 401);
    assert_eq!(next(), "login.failed");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn faults_of_arguments_are_one_line() {
    let service = Service::start();
    for arguments in [
        &["--type", "login"][..],
        &["--since", "yesterday"],
        &["--user-id", "minji"],
        &[
            "--user",
            "minji",
            "--user-id",
            "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b",
        ],
    ] {
        let output = run(&service, &[&["events", "list"], arguments].concat(), "");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    let output = run(&service, &["events", "list", "--user", "minji"], "");
    assert_eq!(output.status.code(), Some(1));
    let reported = String::from_utf8(output.stderr).unwrap();
    assert!(
        reported.ends_with("daemun: no account has this username or email\n"),
        "{reported}"
    );
}

#[test]
fn every_command_that_changes_something_is_recorded() {
    let mail = ("DAEMUN_MAIL_URL", "file://mail");
    let service = Service::start_with(&[mail, ("DAEMUN_EMAIL_VERIFICATION", "off")]);
    let minji = service.sign_up("minji");
    let start = service.post("/me/totp", &json!({})).bearer(&minji.token);
    let app = AuthenticatorApp::scan(&start.send().assert(200).json);
    let code = app.code_at(daemun::clock::Clock::system().now());
    let verify = service.post("/me/totp/verify", &json!({ "code": code }));
    verify.bearer(&minji.token).send().assert(200);
    let password = format!("{PASSWORD}\n");
    let steps: [(&[&str], &str, &str); 15] = [
        (
            &["user", "create", "seojun", "seojun@example.com"],
            &password,
            "user.created",
        ),
        (
            &["user", "set-roles", "minji", "editor"],
            "",
            "user.updated",
        ),
        (&["user", "set-metadata", "minji", "{}"], "", "user.updated"),
        (&["user", "unlock", "minji"], "", "user.updated"),
        (&["user", "verify-email", "minji"], "", "email.verified"),
        (
            &["user", "reset-second-factors", "minji"],
            "",
            "totp.disabled",
        ),
        (&["user", "end-sessions", "minji"], "", "sessions.revoked"),
        (
            &["user", "set-password", "minji"],
            &password,
            "password.changed",
        ),
        (&["user", "disable", "minji"], "", "user.disabled"),
        (&["user", "enable", "minji"], "", "user.enabled"),
        (&["user", "delete", "seojun", "--yes"], "", "user.deleted"),
        (&["invite", "create"], "", "invitation.created"),
        (&["key", "create", "billing"], "", "service_key.created"),
        (&["key", "revoke", "billing"], "", "service_key.revoked"),
        (&["key", "rotate"], "", "signing_key.created"),
    ];
    for (arguments, input, name) in steps {
        let lines = list(&service, &["--type", name]).len();
        done(&service, arguments, input);
        let rows = list(&service, &["--type", name]);
        assert_eq!(rows.len(), lines + 1, "{arguments:?}: {rows:#?}");
        let last = rows.last().unwrap().split('\t').nth(2);
        assert_eq!(last, Some("operator"), "{arguments:?}");
    }
    let listed = done(&service, &["invite", "list"], "");
    let invitation = listed.lines().nth(1).unwrap().split('\t').next().unwrap();
    done(&service, &["invite", "revoke", invitation], "");
    done(&service, &["key", "rotate", "--at-once"], "");
    let rows = audited(&mut service.sql());
    let revoked = named(&rows, "invitation.revoked");
    assert_eq!(revoked[0].detail, json!({ "invitation_id": invitation }));
    assert!(!named(&rows, "signing_key.retired").is_empty());
    let updates = named(&rows, "user.updated");
    let fields: Vec<_> = updates.iter().map(|row| &row.detail["updated"]).collect();
    assert_eq!(fields, ["roles", "metadata", "failures"]);
}

#[test]
fn a_list_whose_reader_has_enough_ends_quietly() {
    let service = Service::start();
    service.sign_up("minji");
    for arguments in [
        &["events", "list"][..],
        &["events", "list", "--json"],
        &["user", "list"],
        &["user", "list", "--json"],
        &["key", "list"],
        &["invite", "list"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = service.command();
        command.args(arguments).stdout(writer);
        let output = command.stderr(Stdio::piped()).spawn().unwrap();
        let output = output.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        let printed = String::from_utf8(output.stderr).unwrap();
        assert!(!printed.contains("roken pipe"), "{arguments:?}: {printed}");
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = service.command();
    command.args(["key", "create", "lost"]).stdout(writer);
    let output = command.stderr(Stdio::null()).status().unwrap();
    assert_eq!(output.code(), Some(1), "a lost key is a failure");
}
