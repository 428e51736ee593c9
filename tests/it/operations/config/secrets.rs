//! Settings with secrets, which no message repeats.

use std::{fs, process::Stdio};

use super::{faults, migrate};
use crate::support::Service;

#[test]
fn an_invalid_database_url_is_described_and_never_repeated() {
    for url in [
        "hunter2",
        "sqlite:hunter2.db",
        "sqlite://",
        "sqlite://:memory:",
        "sqlite://hunter2.db?mode=memory",
        "sqlite://hunter2.db#x",
        "mysql://ann:hunter2@db/x",
        "POSTGRES://ann:hunter2@db/x",
        "postgres://",
    ] {
        let reported = faults(&[("DATABASE_URL", url)]);
        assert_eq!(reported.len(), 1);
        assert!(
            reported[0].starts_with("DATABASE_URL: the URL "),
            "{reported:?}"
        );
        assert!(
            reported[0].ends_with("; for example sqlite://data/daemun.db"),
            "{reported:?}"
        );
        assert!(!reported[0].contains("hunter2"), "{reported:?}");
    }
}

#[test]
fn an_invalid_mail_url_is_described_and_never_repeated() {
    for url in [
        "hunter2",
        "smtp://",
        "smtp:hunter2",
        "SMTP://ann:hunter2@mail",
        "imap://ann:hunter2@mail",
        "file://",
        "file:hunter2",
        "log:hunter2",
    ] {
        let reported = faults(&[("DAEMUN_MAIL_URL", url)]);
        assert_eq!(reported.len(), 1, "{url}");
        assert!(
            reported[0].starts_with("DAEMUN_MAIL_URL: the URL "),
            "{reported:?}"
        );
        assert!(
            reported[0].contains("; for example smtps://"),
            "{reported:?}"
        );
        assert!(!reported[0].contains("hunter2"), "{reported:?}");
    }
    let reported = faults(&[("DAEMUN_MAIL_URL", "smtp://mail.example.com")]);
    assert!(
        reported[0].starts_with("DAEMUN_MAIL_FROM: is needed "),
        "{reported:?}"
    );
}

#[test]
fn a_secret_is_long_set_once_and_never_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    fs::write(&file, "hunter2\n").unwrap();
    let path = file.to_str().unwrap();
    let repeated = "hunter2".repeat(5);
    for (settings, begin) in [
        (
            &[("DAEMUN_SECRET", "hunter2")][..],
            "DAEMUN_SECRET: the secret has fewer",
        ),
        (
            &[("DAEMUN_SECRET_FILE", path)],
            "DAEMUN_SECRET_FILE: the secret has fewer",
        ),
        (
            &[("DAEMUN_SECRET", "hunter2"), ("DAEMUN_SECRET_FILE", path)],
            "DAEMUN_SECRET and DAEMUN_SECRET_FILE are both set",
        ),
        (
            &[("DAEMUN_SECRET_PREVIOUS_FILE", path)],
            "DAEMUN_SECRET_PREVIOUS_FILE: the secret has fewer",
        ),
        (
            &[
                ("DAEMUN_SECRET", &repeated),
                ("DAEMUN_SECRET_PREVIOUS", &repeated),
            ],
            "DAEMUN_SECRET_PREVIOUS: is the same as DAEMUN_SECRET",
        ),
    ] {
        let reported = faults(settings);
        assert_eq!(reported.len(), 1, "{reported:?}");
        assert!(reported[0].starts_with(begin), "{reported:?}");
        assert!(!reported[0].contains("hunter2"), "{reported:?}");
    }
}

#[test]
fn an_unreachable_database_is_reported_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let urls = [
        "postgres://ann:hunter2@127.0.0.1:1/x",
        // libpq quotes text that it cannot parse.
        "postgres://ann:hunter2%zz@127.0.0.1:1/x",
        "postgres://ann:8/hunter2@127.0.0.1:1/x",
        "postgres://ann:x@127.0.0.1:1/x?hunter2=1",
    ];
    let attempts = urls.map(|url| {
        let mut command = Service::command_in(folder.path(), &[("DATABASE_URL", url)]);
        command
            .arg("migrate")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    });
    for attempt in attempts {
        let refused = attempt.wait_with_output().unwrap();
        assert_eq!(refused.status.code(), Some(1));
        let reported = String::from_utf8(refused.stderr).unwrap();
        assert!(
            reported.contains("daemun: the database is unavailable: "),
            "{reported}"
        );
        assert!(!reported.contains("hunter2"), "{reported}");
    }
}

#[test]
fn the_url_may_be_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("url");
    let path = secret.to_str().unwrap();
    fs::write(&secret, "sqlite://elsewhere/accounts.db\n").unwrap();
    let done = migrate(folder.path(), &[("DATABASE_URL_FILE", path)]);
    assert!(done.status.success(), "{done:?}");
    assert!(folder.path().join("elsewhere/accounts.db").is_file());

    fs::write(&secret, "mysql://ann:hunter2@db/x").unwrap();
    let reported = faults(&[("DATABASE_URL_FILE", path)]);
    assert!(
        reported[0].starts_with("DATABASE_URL_FILE: the URL begins"),
        "{reported:?}"
    );
    assert!(!reported[0].contains("hunter2"));

    let reported = faults(&[("DATABASE_URL_FILE", "/nowhere/at/all")]);
    assert!(
        reported[0].starts_with("DATABASE_URL_FILE: cannot read /nowhere/at/all: "),
        "{reported:?}"
    );
    assert!(reported[0].contains("; for example "), "{reported:?}");

    let reported = faults(&[
        ("DATABASE_URL", "sqlite://a.db"),
        ("DATABASE_URL_FILE", path),
    ]);
    assert_eq!(reported.len(), 1);
    assert!(
        reported[0].starts_with("DATABASE_URL and DATABASE_URL_FILE are both set"),
        "{reported:?}"
    );
}
