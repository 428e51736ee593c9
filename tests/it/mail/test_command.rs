//! `daemun mail test`: the report on the configured mail server.

use std::process::Output;

use crate::support::{Authority, Behaviour, LOGIN, MailServer, Offer, Service};

const FROM: (&str, &str) = ("DAEMUN_MAIL_FROM", "Example <no-reply@example.com>");

fn test(settings: &[(&str, &str)], address: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Service::command_in(folder.path(), settings);
    let output = command.args(["mail", "test", address]).output().unwrap();
    let entries = std::fs::read_dir(folder.path()).unwrap();
    assert_eq!(entries.count(), 0, "it needs no database");
    output
}

/// Returns the one line of a failure.
#[track_caller]
fn refused(settings: &[(&str, &str)], address: &str, code: i32) -> String {
    let output = test(settings, address);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let reported = String::from_utf8(output.stderr).unwrap();
    assert_eq!(reported.lines().count(), 1, "{reported}");
    assert!(!reported.contains("hunter2"), "{reported}");
    reported
}

#[test]
fn the_command_sends_at_once_and_prints_the_reply() {
    let authority = Authority::new();
    let server = MailServer::offering(Offer {
        starttls: Some(authority.vouch_for("127.0.0.1")),
        mechanisms: &["PLAIN"],
        ..Offer::default()
    });
    let url = server.url_with_login("smtp");
    let (certificates, url) = (authority.path(), ("DAEMUN_MAIL_URL", url.as_str()));
    let output = test(
        &[url, FROM, ("SSL_CERT_FILE", &certificates)],
        "ann@example.com",
    );
    assert!(output.status.success(), "{output:?}");
    let reported = String::from_utf8(output.stdout).unwrap();
    assert!(
        reported.ends_with("with STARTTLS: 2.0.0 Taken as 4F2A\n"),
        "{reported}"
    );
    let mail = server.taken().remove(0);
    assert_eq!(mail.to, "ann@example.com");
    assert_eq!(mail.header("Subject"), "Mail works");
    assert!(mail.text().contains("This is a test"), "{}", mail.text());
    assert!(
        server
            .commands()
            .iter()
            .any(|came| came == "encrypted QUIT")
    );
}

#[test]
fn the_command_reports_the_failed_step_and_the_reason() {
    let server = MailServer::start();
    let url = server.url("?tls=off");
    let settings = [("DAEMUN_MAIL_URL", url.as_str()), FROM];
    for (manner, reported) in [
        (Behaviour::Down, "connecting: the connection ended"),
        (
            Behaviour::Busy,
            "connecting: replied with 421 4.3.2 No time",
        ),
        (
            Behaviour::RejectSender,
            "MAIL FROM: replied with 550 5.7.1 Not from you",
        ),
        (
            Behaviour::TempFail,
            "RCPT TO: replied with 450 4.2.0 <ann@example.com>: not now",
        ),
        (
            Behaviour::PermFail,
            "RCPT TO: replied with 550 5.1.1 <ann@example.com>: no such mailbox",
        ),
        (Behaviour::CutAfterData, "the message: the connection ended"),
    ] {
        server.behave(manner);
        let line = refused(&settings, "ann@example.com", 1);
        assert!(line.contains(reported), "{manner:?}: {line}");
    }
}

#[test]
fn the_command_reports_missing_settings() {
    let line = refused(&[], "ann@example.com", 1);
    assert!(line.contains("set DAEMUN_MAIL_URL"), "{line}");
    let line = refused(&[("DAEMUN_MAIL_URL", "log:")], "ann", 1);
    assert!(line.contains("ann is not an email address"), "{line}");
    let url = format!("smtp://{}:hunter2@mail.example.com/x", LOGIN.0);
    let line = refused(&[("DAEMUN_MAIL_URL", &url), FROM], "ann@example.com", 2);
    assert!(line.contains("DAEMUN_MAIL_URL: the URL "), "{line}");
}
