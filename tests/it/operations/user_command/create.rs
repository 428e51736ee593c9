//! The creation of accounts and the input of passwords.

use std::{io::Write, process::Stdio};

use super::{done, log_in, refused, user};
use crate::support::{Home, PASSWORD, Service};

#[test]
fn a_created_account_can_log_in_at_once() {
    let service = Service::start();
    let reported = done(
        &service,
        &["create", "Minji", "minji@example.com"],
        &format!("{PASSWORD}\n"),
    );
    let token = service.log_in("minji@example.com");
    let me = service.get("/me").bearer(&token).send().assert(200);
    assert_eq!(me.json["username"], "Minji");
    assert_eq!(
        reported,
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
fn an_account_can_be_created_before_the_first_start() {
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
fn the_command_applies_the_rules_of_a_signup() {
    let service = Service::start();
    service.sign_up("minji");
    let long = "x".repeat(129);
    for (name, email, password, reported) in [
        ("minji", "else@example.com", PASSWORD, "name"),
        ("else", "minji@example.com", PASSWORD, "email"),
        ("a b", "else@example.com", PASSWORD, "username: "),
        ("admin", "else@example.com", PASSWORD, "username: "),
        ("else", "else", PASSWORD, "email address: "),
        ("else", "else@example.com", "short", "password: "),
        ("else", "else@example.com", "password123", "password: "),
        ("else", "else@example.com", "else@example.com", "password: "),
        ("else", "else@example.com", &long, "password: "),
        ("else", "else@example.com", "", "password: "),
    ] {
        let line = refused(&service, &["create", name, email], password);
        assert!(line.contains(reported), "{name} {email}: {line}");
        assert!(!line.contains(PASSWORD), "{line}");
        assert_eq!(log_in(&service, "else", password), 401);
    }
    let both = refused(
        &service,
        &["create", "MINJI", "Minji@example.com"],
        PASSWORD,
    );
    assert!(both.contains("name") && both.contains("email"), "{both}");
    let listed = done(&service, &["list"], "");
    assert_eq!(listed.lines().count(), 2, "{listed}");
}

#[test]
fn the_longest_password_is_read_in_full() {
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

/// Decomposes a syllable with a final consonant (Unicode 16, section 3.12).
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
fn a_password_is_never_read_from_the_arguments() {
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
