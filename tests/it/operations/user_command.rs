//! `daemun user`: accounts from the command line, on the database of a service that runs.

use std::{
    io::Write,
    process::{Output, Stdio},
};

use serde_json::json;

use crate::support::{Home, PASSWORD, Service};

const OTHER_PASSWORD: &str = "Seven-Purple-9-lanterns";

/// Runs `daemun user …` beside the service with this on standard input.
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
    // Who is refused for something else never reads it.
    let _unread = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// What it printed, once it succeeded.
#[track_caller]
fn done(service: &Service, arguments: &[&str], input: &str) -> String {
    let output = user(service, arguments, input);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The one line on stderr with which it failed.
#[track_caller]
fn refused(service: &Service, arguments: &[&str], input: &str) -> String {
    let output = user(service, arguments, input);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told.lines().count(), 1, "{told}");
    told.trim_end().strip_prefix("daemun: ").unwrap().to_owned()
}

fn log_in(service: &Service, name: &str, password: &str) -> u16 {
    let body = json!({ "identifier": name, "password": password });
    service.post("/login", &body).send().status
}

#[test]
fn a_created_account_can_log_in_at_once() {
    let service = Service::start();
    let told = done(
        &service,
        &["create", "Minji", "minji@example.com"],
        &format!("{PASSWORD}\n"),
    );
    let token = service.log_in("minji@example.com");
    let me = service.get("/me").bearer(&token).send().assert(200);
    assert_eq!(me.json["username"], "Minji");
    assert_eq!(
        told,
        format!("created Minji ({})\n", me.json["id"].as_str().unwrap())
    );
    let sessions = service.get("/sessions").bearer(&token).send().assert(200);
    assert_eq!(
        sessions.json["sessions"].as_array().unwrap().len(),
        1,
        "it opened none itself"
    );
}

#[test]
fn an_account_can_be_made_before_the_first_start() {
    let home = Home::new();
    let mut migrate = Service::command_at(&home, &[]);
    assert!(migrate.arg("migrate").output().unwrap().status.success());
    let mut create = Service::command_at(&home, &[]);
    create.args(["user", "create", "minji", "minji@example.com"]);
    let mut child = create
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(PASSWORD.as_bytes())
        .unwrap();
    assert!(child.wait().unwrap().success());
    let service = Service::try_start_in(&home, &[]).unwrap();
    service.log_in("minji");
}

#[test]
fn what_a_sign_up_refuses_is_refused_here() {
    let service = Service::start();
    service.sign_up("minji");
    let long = "x".repeat(129);
    for (name, email, password, told) in [
        ("minji", "else@example.com", PASSWORD, "name"),
        ("else", "minji@example.com", PASSWORD, "e-mail"),
        ("a b", "else@example.com", PASSWORD, "user name: "),
        ("admin", "else@example.com", PASSWORD, "user name: "),
        ("else", "else", PASSWORD, "e-mail address: "),
        ("else", "else@example.com", "short", "password: "),
        ("else", "else@example.com", "password123", "password: "),
        ("else", "else@example.com", "else@example.com", "password: "),
        ("else", "else@example.com", &long, "password: "),
        ("else", "else@example.com", "", "password: "),
    ] {
        let line = refused(&service, &["create", name, email], password);
        assert!(line.contains(told), "{name} {email}: {line}");
        assert!(!line.contains(PASSWORD), "{line}");
        assert_eq!(log_in(&service, "else", password), 401);
    }
    let both = refused(
        &service,
        &["create", "MINJI", "Minji@example.com"],
        PASSWORD,
    );
    assert!(both.contains("name") && both.contains("e-mail"), "{both}");
    let listed = done(&service, &["list"], "");
    assert_eq!(listed.lines().count(), 2, "{listed}");
}

#[test]
fn the_longest_password_is_read_whole() {
    let service = Service::start();
    // 128 Hangul syllables, each written as three jamo of three bytes.
    let has_final = |syllable: &char| (u32::from(*syllable) - 0xac00) % 28 > 0;
    let syllables = ('가'..='힣').step_by(29).filter(has_final).take(128);
    let syllables: Vec<char> = syllables.collect();
    let composed: String = syllables.iter().collect();
    let decomposed: String = syllables
        .iter()
        .flat_map(|syllable| jamo(*syllable))
        .collect();
    assert!(decomposed.len() > 1000);
    done(
        &service,
        &["create", "minji", "minji@example.com"],
        &format!("{decomposed}\r\n"),
    );
    assert_eq!(log_in(&service, "minji", &composed), 200);
    assert_eq!(
        log_in(
            &service,
            "minji",
            &composed.chars().take(57).collect::<String>()
        ),
        401
    );
}

/// A syllable with a final consonant, taken apart (Unicode 16, section 3.12).
fn jamo(syllable: char) -> [char; 3] {
    let index = u32::from(syllable) - 0xac00;
    let parts = [
        0x1100 + index / 588,
        0x1161 + index % 588 / 28,
        0x11a7 + index % 28,
    ];
    parts.map(|part| char::from_u32(part).unwrap())
}

#[test]
fn accounts_are_listed_by_age_with_their_state() {
    let service = Service::start();
    let names = ["cho", "ann", "ben"];
    let made = names.map(|name| service.sign_up(name));
    done(&service, &["disable", "ann"], "");
    let listed = done(&service, &["list"], "");
    let rows: Vec<Vec<&str>> = listed
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    let head = [
        "id",
        "username",
        "email",
        "email_verified",
        "disabled",
        "created_at",
    ];
    assert_eq!(rows[0], head);
    for (row, account) in rows[1..].iter().zip(&made) {
        let is_disabled = (account.username == "ann").to_string();
        let expected = [
            &account.id,
            &account.username,
            &account.email,
            "false",
            &is_disabled,
        ];
        assert_eq!(row[..5], expected);
        assert!(row[5].ends_with('Z'));
    }
    assert_eq!(rows.len(), 4);
    assert!(!listed.contains("$2b$"));
}

#[test]
fn a_disabled_account_is_shut_at_once_and_opens_again() {
    let service = Service::start();
    let (minji, other) = (service.sign_up("minji"), service.sign_up("other"));
    let told = done(&service, &["disable", "MINJI"], "");
    assert_eq!(told, "disabled minji and ended its sessions\n");
    service
        .get("/me")
        .bearer(&minji.token)
        .send()
        .assert_problem(401, "not_authenticated");
    let body = json!({ "identifier": "minji", "password": PASSWORD });
    service
        .post("/login", &body)
        .send()
        .assert_problem(403, "account_disabled");
    assert_eq!(log_in(&service, "minji", "Wrong-Horse-7-battery"), 401);
    service.get("/me").bearer(&other.token).send().assert(200);

    assert_eq!(
        done(&service, &["enable", "minji@example.com"], ""),
        "enabled minji\n"
    );
    service.get("/me").bearer(&minji.token).send().assert(401);
    let token = service.log_in("minji");
    service.get("/me").bearer(&token).send().assert(200);
}

#[test]
fn a_password_that_is_set_is_the_only_one_and_ends_the_sessions() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let line = refused(&service, &["set-password", "minji"], "minji@example.com\n");
    assert!(line.starts_with("password: "), "{line}");
    service.get("/me").bearer(&minji.token).send().assert(200);

    let told = done(
        &service,
        &["set-password", "minji"],
        &format!("{OTHER_PASSWORD}\r\n"),
    );
    assert_eq!(
        told,
        "replaced the password of minji and ended its sessions\n"
    );
    service.get("/me").bearer(&minji.token).send().assert(401);
    assert_eq!(log_in(&service, "minji", PASSWORD), 401);
    assert_eq!(log_in(&service, "minji", OTHER_PASSWORD), 200);
}

#[test]
fn a_deleted_account_is_gone_and_its_name_is_free() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    assert_eq!(done(&service, &["delete", "minji"], ""), "deleted minji\n");
    service.get("/me").bearer(&minji.token).send().assert(401);
    assert_eq!(log_in(&service, "minji", PASSWORD), 401);
    let again = service.sign_up("minji");
    assert_ne!(again.id, minji.id);
}

#[test]
fn all_sessions_of_an_account_end_at_once() {
    let service = Service::start();
    let (minji, other) = (service.sign_up("minji"), service.sign_up("other"));
    let tokens = [
        minji.token,
        service.log_in("minji"),
        service.log_in("minji"),
    ];
    assert_eq!(
        done(&service, &["end-sessions", "minji"], ""),
        "ended 3 sessions\n"
    );
    for token in tokens {
        service.get("/me").bearer(&token).send().assert(401);
    }
    service.get("/me").bearer(&other.token).send().assert(200);
    assert_eq!(
        done(&service, &["end-sessions", "minji"], ""),
        "ended 0 sessions\n"
    );
    service.log_in("minji");
}

#[test]
fn an_account_that_is_not_there_is_told() {
    let service = Service::start();
    for action in [
        "disable",
        "enable",
        "set-password",
        "delete",
        "end-sessions",
    ] {
        for name in ["nobody", "nobody@example.com", "", "a b", "@"] {
            let told = refused(&service, &[action, name], OTHER_PASSWORD);
            assert_eq!(
                told, "no account has this name or address",
                "{action} {name}"
            );
        }
    }
}

#[test]
fn a_password_is_never_taken_from_the_arguments() {
    let service = Service::start();
    for arguments in [
        &["create", "minji", "minji@example.com", PASSWORD][..],
        &[
            "create",
            "minji",
            "minji@example.com",
            "--password",
            PASSWORD,
        ],
        &["set-password", "minji", PASSWORD],
    ] {
        let output = user(&service, arguments, "");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
}
