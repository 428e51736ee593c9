//! How mail leaves: to whom it is handed over, over what kind of connection, and what is in it.

use std::{fs, os::unix::fs::PermissionsExt};

use crate::support::{
    Authority, Behaviour, LOGIN, Mail, MailServer, Offer, Service, TOKEN, put_notices, wait_until,
};

const FROM: (&str, &str) = ("DAEMUN_MAIL_FROM", "대문 <no-reply@example.com>");

/// A service that sends by this URL and trusts this authority alone.
fn sender(url: &str, authority: &Authority) -> Service {
    Service::start_with(&[
        ("DAEMUN_MAIL_URL", url),
        ("SSL_CERT_FILE", &authority.path()),
        FROM,
    ])
}

fn put(service: &Service) -> String {
    put_notices(&service.home().db(), ["Ann@example.com"]).remove(0)
}

#[test]
fn a_message_arrives_with_everything_that_belongs_to_it() {
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
fn a_password_travels_only_encrypted() {
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

/// CVE-2021-38371 is of this kind: what an attacker sends behind the response would count as the server's, sent under TLS.
#[test]
fn text_behind_the_response_to_starttls_ends_the_conversation() {
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
        wait_until(|| {
            service
                .log()
                .contains("plain text came behind the response")
        });
        let commands = server.commands();
        assert!(
            !commands.iter().any(|came| came.starts_with("encrypted ")),
            "{commands:?}"
        );
    }
}

#[test]
fn an_access_token_is_read_anew_and_never_repeated() {
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
            "AUTH XOAUTH2: answered with 535; the token in DAEMUN_MAIL_OAUTH_TOKEN_FILE has expired",
        )
    });
    fs::write(&file, format!("{TOKEN}\r\n")).unwrap();
    let mail = server.wait_for(1).remove(0);
    assert!(mail.is_encrypted && mail.is_logged_in);
    let log = service.log();
    assert!(!log.contains("hunter2") && !log.contains(TOKEN), "{log}");
}

#[test]
fn a_certificate_that_proves_nothing_ends_the_conversation() {
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
fn what_the_server_has_against_us_costs_no_message() {
    let server = MailServer::start();
    let service = sender(&server.url("?tls=off"), &Authority::new());
    server.behave(Behaviour::RejectSender);
    put(&service);
    wait_until(|| service.log().contains("MAIL FROM: answered with 550"));
    server.behave(Behaviour::Busy);
    server.behave(Behaviour::Normal);
    server.wait_for(1);
    wait_until(|| service.log().contains("mail.reachable"));
}

#[test]
fn a_wrong_password_is_told_of_and_never_repeated() {
    let authority = Authority::new();
    let server = MailServer::offering(Offer {
        implicit: Some(authority.vouch_for("127.0.0.1")),
        mechanisms: &["PLAIN"],
        ..Offer::default()
    });
    let url = server.url_with_login("smtps").replace("hunter2", "hunter3");
    let service = sender(&url, &authority);
    put(&service);
    wait_until(|| service.log().contains("AUTH: answered with 535"));
    assert!(!service.log().contains("hunter3") && !service.log().contains(LOGIN.0));
}

#[test]
fn a_folder_holds_a_file_a_message_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/out");
    let service = Service::start_with(&[("DAEMUN_MAIL_URL", &format!("file://{}", out.display()))]);
    let ids = put_notices(&service.home().db(), ["ann@example.com", "ben@example.com"]);
    wait_until(|| Mail::in_folder(&out).len() == 2);
    let mut recipients = Mail::in_folder(&out)
        .into_iter()
        .map(|mail| mail.to)
        .collect::<Vec<_>>();
    recipients.sort();
    assert_eq!(recipients, ["ann@example.com", "ben@example.com"]);
    for id in ids {
        let file = fs::metadata(out.join(format!("{id}.eml"))).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(
        fs::metadata(&out).unwrap().permissions().mode() & 0o777,
        0o700
    );
    assert_eq!(
        fs::read_dir(&out).unwrap().count(),
        2,
        "nothing is left half written"
    );
}

#[test]
fn the_log_shows_messages_where_that_was_asked_for_and_warns_of_it() {
    let service = Service::start_with(&[("DAEMUN_MAIL_URL", "log:")]);
    assert!(
        service
            .log()
            .contains("whoever reads the log reads the codes")
    );
    put(&service);
    wait_until(|| service.log().contains("mail.sent"));
    let log = service.log();
    assert!(
        log.contains("Ann@example.com") && log.contains("비밀번호가 변경되었습니다."),
        "{log}"
    );
}
