//! The settings of an access token for the mail server: dependencies, and all faults at once.

use std::fs;

use crate::support::Service;

const TOKEN: &str = "eyJ0eXAi.hunter2-_~+/=";

/// Returns the lines on stderr with which these settings are rejected.
#[track_caller]
fn faults(settings: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Service::command_in(folder.path(), settings);
    let refused = command.arg("migrate").output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{settings:?}: {refused:?}");
    let reported = String::from_utf8(refused.stderr).unwrap();
    assert!(!reported.contains("hunter2"), "{reported}");
    reported.lines().map(str::to_owned).collect()
}

#[test]
fn a_token_needs_a_username_without_a_password() {
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
        let reported = faults(&[("DAEMUN_MAIL_URL", url), from, token]);
        assert_eq!(reported.len(), 1, "{url}: {reported:?}");
        assert!(
            reported[0].starts_with("daemun: DAEMUN_MAIL_URL: the URL "),
            "{reported:?}"
        );
        assert!(reported[0].contains(wrong), "{url}: {reported:?}");
    }
    let reported = faults(&[("DAEMUN_MAIL_URL", "smtp://ann@mail.example.com"), from]);
    assert!(
        reported[0].contains("or DAEMUN_MAIL_OAUTH_TOKEN_FILE for it"),
        "{reported:?}"
    );
    let reported = faults(&[token]);
    assert!(
        reported[0].contains("DAEMUN_MAIL_OAUTH_TOKEN_FILE: needs DAEMUN_MAIL_URL"),
        "{reported:?}"
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
fn a_token_file_without_a_token_does_not_prevent_the_start() {
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
        let reported = log
            .lines()
            .find(|line| line.contains("mail.token_unusable"));
        let reported = reported.unwrap_or_else(|| panic!("{log}"));
        assert!(
            reported.contains(wrong) && reported.contains(path),
            "{reported}"
        );
        assert!(!log.contains("hunter2"), "{log}");
        let listed = service.command().args(["user", "list"]).output().unwrap();
        assert!(listed.status.success(), "{listed:?}");
    }
}
