//! The rows of requests, and the mail that they become.

use daemun::domain::credential::challenge::Purpose;
use serde_json::json;

use super::{LIMITS, MAIL, PROXY, ROUTES, address, from};
use crate::support::{
    Behaviour, MailServer, Reply, Service, put_notices, send_at_once, wait_until,
};

#[test]
fn a_resolved_request_leaves_no_row() {
    let service = Service::start_with(&[MAIL]);
    service.sign_up("minji");
    for route in ROUTES {
        for name in ["minji", "nobody", "no-one"] {
            service.post(route, &address(name)).send().assert(202);
        }
    }
    let mailbox = service.mailbox();
    wait_until(|| mailbox.requests_waiting() == 0);
    let mut kinds = mailbox.kinds();
    kinds.sort();
    assert_eq!(kinds, ["reset_password", "verify_email", "verify_email"]);
}

#[test]
fn a_suppressed_mail_is_logged_with_a_reason_and_without_an_address() {
    let service = Service::start_with(&[MAIL, LIMITS, ("DAEMUN_LIMIT_CLIENT_MAILS", "1"), PROXY]);
    let minji = service.sign_up("minji");
    let resend = |client: &str| {
        let call = service.post("/email/resend", &address("minji"));
        from(client, call).send().assert(202);
    };
    let own = service
        .post("/email/resend", &json!({}))
        .bearer(&minji.token);
    own.send().assert(202);
    resend("203.0.113.1");
    for reason in ["client_in_an_hour", "mailbox_in_a_minute"] {
        let reported = format!("\"reason\":\"{reason}\"");
        wait_until(|| service.log().contains(&reported));
        let log = service.log();
        let line = log.lines().find(|line| line.contains(&reported)).unwrap();
        assert!(line.contains("\"event\":\"mail.suppressed\""), "{line}");
        assert!(line.contains("\"message.kind\":\"verify_email\""), "{line}");
        assert!(
            !line.contains("minji") && !line.contains("203.0.113"),
            "{line}"
        );
    }
}

#[test]
fn a_slow_mail_server_does_not_delay_requests() {
    let server = MailServer::start();
    server.behave(Behaviour::Stall);
    let url = server.url("?tls=off");
    let settings = [
        ("DAEMUN_MAIL_URL", url.as_str()),
        ("DAEMUN_MAIL_FROM", "no-reply@example.com"),
    ];
    let service =
        Service::start_with(&[&settings[..], &[("DAEMUN_EMAIL_VERIFICATION", "off")]].concat());
    service.sign_up("minji");
    let addresses: Vec<_> = (0..4)
        .map(|number| format!("person{number}@example.com"))
        .collect();
    put_notices(&service.home().db(), addresses.iter().map(String::as_str));
    server.wait_for_command("DATA", 4);
    service
        .post("/password/forgot", &address("minji"))
        .send()
        .assert(202);
    let mailbox = service.mailbox();
    wait_until(|| mailbox.count(Purpose::ResetPassword, "minji@example.com") == 1);
    assert_eq!(mailbox.requests_waiting(), 0);
    server.behave(Behaviour::Normal);
    assert_eq!(server.wait_for(5)[4].to, "minji@example.com");
}

#[test]
fn a_mail_request_during_account_deletion_is_no_error() {
    let service = Service::start_with(&[MAIL]);
    let answers: Vec<Reply> = (0..25)
        .flat_map(|round| {
            let account = service.sign_up(&format!("person{round}"));
            let calls = [
                service
                    .post("/email/resend", &json!({}))
                    .bearer(&account.token),
                service
                    .post("/email/resend", &json!({}))
                    .bearer(&account.token),
                service.post("/password/forgot", &json!({ "email": account.email })),
                service.call("DELETE", "/me").bearer(&account.token),
            ];
            send_at_once(calls)
        })
        .collect();
    for reply in answers {
        assert!([202, 204, 401].contains(&reply.status), "{}", reply.text);
    }
    let mailbox = service.mailbox();
    wait_until(|| mailbox.requests_waiting() == 0);
    assert!(!service.log().contains("\"ERROR\""), "{}", service.log());
}
