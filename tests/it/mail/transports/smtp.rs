//! SMTP: TLS, logins and certificates.

use std::fs;

use super::put;
use crate::support::{
    Authority, Behaviour, LOGIN, MailServer, Offer, Service, TOKEN, put_notices, wait_until,
};

const FROM: (&str, &str) = ("DAEMUN_MAIL_FROM", "대문 <no-reply@example.com>");

/// Starts a service that sends through this URL and trusts only this authority.
fn sender(url: &str, authority: &Authority) -> Service {
    Service::start_with(&[
        ("DAEMUN_MAIL_URL", url),
        ("SSL_CERT_FILE", &authority.path()),
        FROM,
    ])
}

#[test]
fn a_message_arrives_with_all_headers_and_parts() {
    let server = MailServer::start();
    let service = sender(&server.url("?tls=off"), &Authority::new());
    let ids = put_notices(&service.home().db(), ["Kim@한국.kr"]);
    let mail = server.wait_for(1).remove(0);
    assert_eq!(
        (mail.from.as_str(), mail.to.as_str()),
        ("no-reply@example.com", "Kim@xn--3e0b707e.kr")
    );
    assert_eq!(mail.header("To"), "Kim@xn--3e0b707e.kr");
    assert_eq!(
        mail.header("From"),
        "=?utf-8?b?64yA66y4?= <no-reply@example.com>"
    );
    assert!(
        mail.header("Subject").starts_with("=?utf-8?b?"),
        "{}",
        mail.raw
    );
    assert_eq!(
        mail.header("Message-ID"),
        format!("<{}@example.com>", ids[0])
    );
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert_eq!(mail.header("Content-Language"), "ko");
    assert!(mail.header("Date").ends_with(" +0000"));
    assert!(mail.raw.is_ascii() && mail.raw.lines().all(|line| line.len() <= 998));
    for part in [mail.text(), mail.part("text/html")] {
        assert!(
            part.contains("대문 계정(Minji)의 비밀번호가 변경되었습니다."),
            "{part}"
        );
    }
    wait_until(|| service.log().contains("mail.sent"));
    assert!(!service.log().contains("xn--3e0b707e"), "{}", service.log());
}

#[test]
fn a_password_is_sent_only_over_tls() {
    let authority = Authority::new();
    let certificate = authority.vouch_for("127.0.0.1");
    for mechanisms in [
        &["PLAIN"][..],
        &["LOGIN"][..],
        &["CRAM-MD5", "LOGIN", "PLAIN"][..],
    ] {
        for scheme in ["smtp", "smtps"] {
            let is_implicit = scheme == "smtps";
            let server = MailServer::offering(Offer {
                implicit: is_implicit.then(|| certificate.clone()),
                starttls: (!is_implicit).then(|| certificate.clone()),
                mechanisms,
                ..Offer::default()
            });
            let service = sender(&server.url_with_login(scheme), &authority);
            put(&service);
            let mail = server.wait_for(1).remove(0);
            assert!(
                mail.is_encrypted && mail.is_logged_in,
                "{scheme} {mechanisms:?}"
            );
            let commands = server.commands();
            let in_the_clear = commands
                .iter()
                .filter(|came| !came.starts_with("encrypted "));
            let in_the_clear: Vec<_> = in_the_clear.map(String::as_str).collect();
            let expected = if is_implicit {
                &[][..]
            } else {
                &["EHLO example.com", "STARTTLS"]
            };
            assert_eq!(in_the_clear, expected);
        }
    }
}

#[test]
fn a_server_without_starttls_gets_nothing() {
    let server = MailServer::offering(Offer {
        mechanisms: &["PLAIN", "LOGIN"],
        ..Offer::default()
    });
    let service = sender(&server.url_with_login("smtp"), &Authority::new());
    put(&service);
    server.wait_for_command("EHLO", 2);
    let commands = server.commands();
    let is_harmless = |came: &String| came.starts_with("EHLO ") || came == "QUIT";
    assert!(commands.iter().all(is_harmless), "{commands:?}");
    assert!(
        service.log().contains("mail.unreachable"),
        "{}",
        service.log()
    );
}

/// Like CVE-2021-38371: text that an attacker injects after the response would count as sent under
/// TLS.
#[test]
fn text_after_the_starttls_response_ends_the_conversation() {
    let authority = Authority::new();
    let ours = "\r\n250-mail.example.com\r\n250 AUTH PLAIN\r\n235 2.7.0 Welcome";
    for (behind_greeting, behind_starttls) in [
        ("", ours),
        ("", "\r\n2"),
        (
            "\r\n250-mail.example.com\r\n250 STARTTLS\r\n220 2.0.0 Go ahead\r\n250 AUTH PLAIN",
            "",
        ),
    ] {
        let server = MailServer::offering(Offer {
            starttls: Some(authority.vouch_for("127.0.0.1")),
            mechanisms: &["PLAIN"],
            behind_greeting,
            behind_starttls,
            ..Offer::default()
        });
        let service = sender(&server.url_with_login("smtp"), &authority);
        put(&service);
        wait_until(|| service.log().contains("plain text after the response"));
        let commands = server.commands();
        assert!(
            !commands.iter().any(|came| came.starts_with("encrypted ")),
            "{commands:?}"
        );
    }
}

#[test]
fn an_access_token_is_read_again_for_each_login_and_never_logged() {
    let authority = Authority::new();
    let server = MailServer::offering(Offer {
        starttls: Some(authority.vouch_for("127.0.0.1")),
        mechanisms: &["LOGIN", "XOAUTH2"],
        ..Offer::default()
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, "expired-hunter2\n").unwrap();
    let service = Service::start_with(&[
        ("DAEMUN_MAIL_URL", &server.url_with_user("smtp")),
        ("DAEMUN_MAIL_OAUTH_TOKEN_FILE", file.to_str().unwrap()),
        ("SSL_CERT_FILE", &authority.path()),
        FROM,
    ]);
    put(&service);
    wait_until(|| {
        service.log().contains(
            "AUTH XOAUTH2: replied with 535; the token in DAEMUN_MAIL_OAUTH_TOKEN_FILE has expired",
        )
    });
    fs::write(&file, format!("{TOKEN}\r\n")).unwrap();
    let mail = server.wait_for(1).remove(0);
    assert!(mail.is_encrypted && mail.is_logged_in);
    let log = service.log();
    assert!(!log.contains("hunter2") && !log.contains(TOKEN), "{log}");
}

#[test]
fn an_invalid_certificate_ends_the_conversation() {
    let (trusted, stranger) = (Authority::new(), Authority::new());
    for certificate in [
        stranger.vouch_for("127.0.0.1"),
        trusted.vouch_for("mail.example.com"),
    ] {
        let server = MailServer::offering(Offer {
            starttls: Some(certificate),
            mechanisms: &["PLAIN"],
            ..Offer::default()
        });
        let service = sender(&server.url_with_login("smtp"), &trusted);
        put(&service);
        server.wait_for_command("STARTTLS", 2);
        let commands = server.commands();
        assert!(
            !commands
                .iter()
                .any(|came| came.contains("AUTH") || came.contains("MAIL"))
        );
        wait_until(|| service.log().contains("certificate"));
    }
}

#[test]
fn a_rejected_sender_fails_no_message() {
    let server = MailServer::start();
    let service = sender(&server.url("?tls=off"), &Authority::new());
    server.behave(Behaviour::RejectSender);
    put(&service);
    wait_until(|| service.log().contains("MAIL FROM: replied with 550"));
    server.behave(Behaviour::Busy);
    server.behave(Behaviour::Normal);
    server.wait_for(1);
    wait_until(|| service.log().contains("mail.reachable"));
}

#[test]
fn a_wrong_password_is_reported_and_never_logged() {
    let authority = Authority::new();
    let server = MailServer::offering(Offer {
        implicit: Some(authority.vouch_for("127.0.0.1")),
        mechanisms: &["PLAIN"],
        ..Offer::default()
    });
    let url = server.url_with_login("smtps").replace("hunter2", "hunter3");
    let service = sender(&url, &authority);
    put(&service);
    wait_until(|| service.log().contains("AUTH: replied with 535"));
    assert!(!service.log().contains("hunter3") && !service.log().contains(LOGIN.0));
}
