//! Mail under faults: no message is lost or sent twice, and no request waits for mail.

use std::collections::HashSet;

use crate::support::{Behaviour, Mail, MailServer, Service, put_notices, wait_until};

const FROM: (&str, &str) = ("DAEMUN_MAIL_FROM", "no-reply@example.com");

/// Starts a service whose signups send no mail.
const QUIET: (&str, &str) = ("DAEMUN_EMAIL_VERIFICATION", "off");

fn sender(server: &MailServer) -> Service {
    Service::start_with(&[("DAEMUN_MAIL_URL", &server.url("?tls=off")), FROM, QUIET])
}

fn addresses(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("person{number}@example.com"))
        .collect()
}

/// Enqueues a notice for each address.
fn put(service: &Service, addresses: &[String]) {
    let addresses = addresses.iter().map(String::as_str);
    put_notices(&service.home().db(), addresses);
}

/// Asserts that every recipient got one message, and that no two messages are the same.
#[track_caller]
fn assert_each_once(taken: &[Mail], addresses: &[String]) {
    let ids: HashSet<_> = taken.iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!(ids.len(), taken.len(), "nothing leaves twice");
    let mut recipients: Vec<_> = taken.iter().map(|mail| mail.to.clone()).collect();
    let mut expected = addresses.to_vec();
    recipients.sort();
    expected.sort();
    assert_eq!(recipients, expected);
}

/// Waits until the worker has polled the outbox once more, after all due messages have left.
fn wait_for_another_round(server: &MailServer, service: &Service) {
    let count = server.taken().len();
    put(service, &[String::from("last@example.com")]);
    let taken = server.wait_for(count + 1);
    assert_eq!(taken[count].to, "last@example.com");
}

#[test]
fn mail_waits_while_the_server_is_down_and_leaves_once_afterwards() {
    let server = MailServer::start();
    server.behave(Behaviour::Down);
    let service = sender(&server);
    let addresses = addresses(20);
    put(&service, &addresses);
    wait_until(|| service.log().contains("mail.unreachable"));
    // While the server is down, no request waits for mail.
    let account = service.sign_up("minji");
    service.get("/me").bearer(&account.token).send().assert(200);
    server.behave(Behaviour::Normal);
    server.wait_for(addresses.len());
    wait_for_another_round(&server, &service);
    assert_each_once(&server.taken()[..addresses.len()], &addresses);
    let reported = service.log().matches("mail.unreachable").count();
    assert_eq!(reported, 1, "an outage is reported of once");
}

#[test]
fn waiting_mail_survives_a_restart() {
    let server = MailServer::start();
    server.behave(Behaviour::Down);
    let service = sender(&server);
    let addresses = addresses(8);
    put(&service, &addresses);
    wait_until(|| service.log().contains("mail.unreachable"));
    let service = service.kill_and_restart();
    let service = service.stop_and_restart();
    server.behave(Behaviour::Normal);
    server.wait_for(addresses.len());
    wait_for_another_round(&server, &service);
    assert_each_once(&server.taken()[..addresses.len()], &addresses);
}

#[test]
fn two_replicas_send_no_message_twice() {
    let server = MailServer::start();
    let first = sender(&server);
    let url = server.url("?tls=off");
    let second = Service::try_start_in(first.home(), &[("DAEMUN_MAIL_URL", &url), FROM]).unwrap();
    let addresses = addresses(120);
    put(&first, &addresses);
    server.wait_for(addresses.len());
    wait_for_another_round(&server, &first);
    assert_each_once(&server.taken()[..addresses.len()], &addresses);
    let sent = |service: &Service| service.log().matches("mail.sent").count();
    wait_until(|| sent(&first) + sent(&second) == addresses.len() + 1);
}

#[test]
fn a_permanently_rejected_message_ends_and_delays_no_other() {
    let server = MailServer::start();
    server.behave(Behaviour::PermFail);
    let service = sender(&server);
    put(&service, &addresses(2));
    wait_until(|| service.log().matches("mail.refused").count() == 2);
    assert!(service.log().contains("RCPT TO: replied with 550"));
    server.behave(Behaviour::Normal);
    wait_for_another_round(&server, &service);
    assert_eq!(server.taken().len(), 1);
    assert!(
        !service.log().contains("ann@example.com"),
        "the server's words are not repeated"
    );
}

#[test]
fn a_temporarily_rejected_message_delays_no_other() {
    let server = MailServer::start();
    server.behave(Behaviour::TempFail);
    let service = sender(&server);
    let addresses = addresses(1);
    put(&service, &addresses);
    wait_until(|| service.log().contains("RCPT TO: replied with 450"));
    server.behave(Behaviour::Normal);
    put(&service, &[String::from("other@example.com")]);
    assert_eq!(server.wait_for(1)[0].to, "other@example.com");
    // The first message is due again after ten seconds.
    let taken = server.wait_for(2);
    assert_eq!(taken[1].to, addresses[0]);
}

#[test]
fn a_message_without_a_reply_is_resent_with_the_same_id() {
    let server = MailServer::start();
    server.behave(Behaviour::CutAfterData);
    let service = sender(&server);
    put(&service, &addresses(1));
    server.wait_for(1);
    wait_until(|| service.log().contains("mail.delayed"));
    server.behave(Behaviour::Normal);
    let taken = server.wait_for(2);
    let ids: HashSet<_> = taken.iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!(ids.len(), 1, "a mailbox can recognize the duplicate");
}

#[test]
fn a_slow_server_delays_no_request_and_its_message_completes() {
    let server = MailServer::start();
    server.behave(Behaviour::Stall);
    let mut service = sender(&server);
    let addresses = addresses(4);
    put(&service, &addresses);
    server.wait_for_command("DATA", 4);
    // The server does not reply until its behaviour changes.
    service.sign_up("minji");
    service.signal("TERM");
    wait_until(|| service.log().contains("service.stopping"));
    server.behave(Behaviour::Normal);
    assert!(service.wait().success());
    assert_each_once(&server.taken(), &addresses);
    assert_eq!(service.log().matches("mail.sent").count(), 4);
}

#[test]
fn a_message_that_closes_the_connection_delays_no_other() {
    let server = MailServer::start();
    server.behave(Behaviour::CloseOnSome);
    let service = sender(&server);
    let closing = [String::from("closing@example.com")];
    put(&service, &closing);
    wait_until(|| service.log().contains("RCPT TO: replied with 421"));
    let others = addresses(20);
    put(&service, &others);
    server.wait_for(others.len());
    assert!(!service.log().contains("mail.unreachable"));
    let attempts = "SELECT max(attempts) AS number FROM outbox WHERE state = 'waiting'";
    assert!(service.sql().numbers(attempts)[0] >= 1, "the message waits");
    server.behave(Behaviour::Normal);
    let taken = server.wait_for(others.len() + 1);
    assert_each_once(&taken, &[&others[..], &closing].concat());
}

#[test]
fn a_server_that_closes_every_connection_gets_only_probes() {
    let server = MailServer::start();
    server.behave(Behaviour::CloseOnRecipient);
    let service = sender(&server);
    let addresses = addresses(12);
    put(&service, &addresses);
    wait_until(|| service.log().contains("mail.unreachable"));
    server.behave(Behaviour::Normal);
    server.wait_for(addresses.len());
    assert_each_once(&server.taken()[..addresses.len()], &addresses);
    assert_eq!(service.log().matches("mail.unreachable").count(), 1);
}

#[test]
fn an_unreadable_message_fails_and_the_others_leave() {
    let server = MailServer::start();
    let service = sender(&server);
    put(&service, &addresses(1));
    server.wait_for(1);
    let mut sql = service.sql();
    for (id, reference) in [
        ("unreadable", ""),
        ("01a2258b-622f-7a25-80a0-626aefec95cd", "none"),
    ] {
        sql.run(&format!(
            "INSERT INTO outbox (id, kind, recipient, language, reference, detail, state, attempts, due_at, expires_at, created_at)
             SELECT '{id}', kind, 'ann@example.com', language, '{reference}', '{{}}', 'waiting', 0, created_at, expires_at, created_at
             FROM outbox ORDER BY created_at LIMIT 1"
        ));
    }
    wait_for_another_round(&server, &service);
    let failed = "SELECT count(*) AS number FROM outbox WHERE state = 'failed' AND recipient = ''";
    wait_until(|| sql.numbers(failed)[0] == 2);
    let log = service.log();
    let mut reported = log.lines().filter(|line| line.contains("mail.unreadable"));
    assert!(
        reported.clone().count() == 2 && reported.all(|line| line.contains("\"ERROR\"")),
        "{log}"
    );
    assert!(!log.contains("ann@example.com"));
}
