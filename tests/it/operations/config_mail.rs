//! The settings of an access token for the mail server: what belongs together, and every fault in one go.

use std::fs;

use crate::support::Service;

const TOKEN: &str = "eyJ0eXAi.hunter2-_~+/=";

/// The lines of stderr with which these settings are refused.
#[track_caller]
fn faults(settings: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Service::command_in(folder.path(), settings);
    let refused = command.arg("migrate").output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{settings:?}: {refused:?}");
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(!told.contains("hunter2"), "{told}");
    told.lines().map(str::to_owned).collect()
}

#[test]
fn a_token_is_for_a_user_without_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, format!("{TOKEN}\n")).unwrap();
    let token = ("DAEMUN_MAIL_OAUTH_TOKEN_FILE", file.to_str().unwrap());
    let from = ("DAEMUN_MAIL_FROM", "no-reply@example.com");
    for (url, wrong) in [
        ("smtp://mail.example.com", "lacks a username"),
        (
            "smtp://ann:hunter2@mail.example.com",
            "has a password beside",
        ),
        ("smtp://:hunter2@mail.example.com", "has a password beside"),
        (
            "smtp://ann@mail.example.com?tls=off",
            "would send unencrypted",
        ),
        ("file://out", "names no mail server"),
        ("log:", "names no mail server"),
    ] {
        let told = faults(&[("DAEMUN_MAIL_URL", url), from, token]);
        assert_eq!(told.len(), 1, "{url}: {told:?}");
        assert!(
            told[0].starts_with("daemun: DAEMUN_MAIL_URL: the URL "),
            "{told:?}"
        );
        assert!(told[0].contains(wrong), "{url}: {told:?}");
    }
    let told = faults(&[("DAEMUN_MAIL_URL", "smtp://ann@mail.example.com"), from]);
    assert!(
        told[0].contains("or DAEMUN_MAIL_OAUTH_TOKEN_FILE for it"),
        "{told:?}"
    );
    let told = faults(&[token]);
    assert!(
        told[0].contains("DAEMUN_MAIL_OAUTH_TOKEN_FILE: needs DAEMUN_MAIL_URL"),
        "{told:?}"
    );

    let mut command = Service::command_in(
        folder.path(),
        &[
            ("DAEMUN_MAIL_URL", "smtp://ann@mail.example.com"),
            from,
            token,
        ],
    );
    let migrated = command.arg("migrate").output().unwrap();
    assert!(migrated.status.success(), "{migrated:?}");
}

#[test]
fn a_file_without_a_token_stops_no_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let path = file.to_str().unwrap();
    let settings = [
        ("DAEMUN_MAIL_URL", "smtp://ann@mail.example.com"),
        ("DAEMUN_MAIL_FROM", "no-reply@example.com"),
        ("DAEMUN_MAIL_OAUTH_TOKEN_FILE", path),
    ];
    for (text, wrong) in [
        (None, "cannot read"),
        (Some(""), "does not hold an access token"),
        (Some("\u{feff}\n"), "does not hold an access token"),
        (
            Some(r#"{"access_token":"hunter2"}"#),
            "does not hold an access token",
        ),
        (Some("hunter2\nhunter2"), "does not hold an access token"),
    ] {
        if let Some(text) = text {
            fs::write(&file, text).unwrap();
        }
        let service = Service::start_with(&settings);
        let log = service.log();
        let told = log
            .lines()
            .find(|line| line.contains("mail.token_unusable"));
        let told = told.unwrap_or_else(|| panic!("{log}"));
        assert!(told.contains(wrong) && told.contains(path), "{told}");
        assert!(!log.contains("hunter2"), "{log}");
        let listed = service.command().args(["user", "list"]).output().unwrap();
        assert!(listed.status.success(), "{listed:?}");
    }
}
