//! Backoff and expiry of mail, with a clock that the test moves.

use std::time::Duration;

use crate::support::{Behaviour, MailServer, TestService, wait_until};

const MINUTE: Duration = Duration::from_mins(1);

/// Starts a service whose signups each send a message to this server, with a link if there is a
/// public URL.
fn sender(server: &MailServer, more: &[&str]) -> TestService {
    let url = format!("--mail-url={}", server.url("?tls=off"));
    let flags = [
        &url,
        "--mail-from=no-reply@example.com",
        "--email-verification=optional",
    ];
    let flags: Vec<_> = flags.into_iter().chain(more.iter().copied()).collect();
    TestService::start_with(&flags)
}

/// Counts the stored temporary failures of messages.
fn refusals(service: &TestService) -> i64 {
    let query = "SELECT max(attempts) AS number FROM outbox";
    service.sql().numbers(query)[0]
}

const LINKS: &[&str] = &["--public-url=https://app.example.com"];

#[test]
fn a_temporarily_rejected_message_is_retried_with_growing_backoff() {
    let server = MailServer::start();
    server.behave(Behaviour::TempFail);
    let service = sender(&server, LINKS);
    service.sign_up("minji");
    let seconds = [10, 30, 120, 600, 1_800, 3_600, 3_600];
    for (tries, wait) in seconds.into_iter().enumerate() {
        let count = i64::try_from(tries).unwrap() + 1;
        wait_until(|| refusals(&service) == count);
        // No message is due before: only the new message leaves.
        service.pass_almost(Duration::from_secs(wait));
        server.behave(Behaviour::Normal);
        let probe = format!("probe{tries}");
        service.sign_up(&probe);
        let taken = server.wait_for(tries + 1);
        assert_eq!(taken[tries].to, format!("{probe}@example.com"));
        server.behave(Behaviour::TempFail);
        service.pass(Duration::from_micros(1));
    }
}

#[test]
fn a_late_message_omits_an_expired_code() {
    let server = MailServer::start();
    server.behave(Behaviour::TempFail);
    let service = sender(&server, LINKS);
    service.sign_up("minji");
    wait_until(|| refusals(&service) == 1);
    service.pass(MINUTE * 15);
    server.behave(Behaviour::Normal);
    let mail = server.wait_for(1).remove(0);
    let text = mail.text();
    assert!(mail.token().starts_with("dmc_"));
    assert!(text.contains("its code has expired"), "{text}");
    assert!(
        !text.contains("Your code") && !text.contains("attempts"),
        "{text}"
    );
}

#[test]
fn an_expired_message_is_not_sent() {
    for (links, life) in [(LINKS, MINUTE * 60 * 24), (&[][..], MINUTE * 15)] {
        let server = MailServer::start();
        server.behave(Behaviour::TempFail);
        let service = sender(&server, links);
        service.sign_up("minji");
        wait_until(|| refusals(&service) == 1);
        service.pass(life);
        server.behave(Behaviour::Normal);
        service.sign_up("jisoo");
        let mail = server.wait_for(1).remove(0);
        assert_eq!(mail.to, "jisoo@example.com");
        assert_eq!(mail.code().len(), 6);
    }
}
