//! The limits of requests for mail.

use std::time::Duration;

use daemun::domain::credential::challenge::Purpose;
use serde_json::json;

use super::{LIMITS, MAIL, PROXY, ROUTES, address, from};
use crate::support::{PASSWORD, Service, TestService, assert_same_response, wait_until};

const MINUTE: Duration = Duration::from_mins(1);

/// Counts the mails of this kind that were enqueued.
fn written(service: &TestService, kind: &str) -> usize {
    let kinds = service.mailbox().kinds();
    kinds.iter().filter(|written| *written == kind).count()
}

#[test]
fn a_client_ip_may_make_ten_requests_a_minute_on_both_routes_together() {
    let service = Service::start_with(&[MAIL, LIMITS, PROXY, ("DAEMUN_LIMIT_MAILS", "60")]);
    service.sign_up("minji");
    let names = ["minji", "nobody"];
    for number in 0..10 {
        let call = service.post(ROUTES[number % 2], &address(names[number / 2 % 2]));
        let reply = from("203.0.113.1", call).send().assert(202);
        assert_eq!(
            reply.header("ratelimit-policy"),
            "\"mail-request\";q=10;w=60"
        );
        assert!(reply.header("ratelimit").starts_with("\"mail-request\";r="));
    }
    for route in ROUTES {
        for name in names {
            let call = service.post(route, &address(name));
            let reply = from("203.0.113.1", call).send();
            let reply = reply.assert_problem(429, "too_many_requests");
            let wait: u64 = reply.header("retry-after").parse().unwrap();
            assert!((1..=60).contains(&wait), "{wait}");
        }
        let call = service.post(route, &address("minji"));
        from("203.0.113.2", call).send().assert(202);
    }
}

/// Inserts this many requests of an unknown kind, which no worker resolves.
fn put_unknown(service: &Service, count: usize) {
    for number in 0..count {
        service.sql().run(&format!(
            "INSERT INTO mail_requests (id, kind, mailbox, language, client, expires_at)
             SELECT '{number}', 'unknown', 'person{number}@example.com', 'en', subject, {}
             FROM (SELECT value AS subject FROM secrets LIMIT 1) AS one",
            i64::MAX
        ));
    }
}

#[test]
fn beyond_the_request_cap_every_address_is_rejected_alike() {
    let cap = ("DAEMUN_LIMIT_WAITING_REQUESTS", "3");
    let service = Service::start_with(&[MAIL, LIMITS, PROXY, cap]);
    service.sign_up("minji");
    put_unknown(&service, 3);
    let mut clients = 0;
    for route in ROUTES {
        // Each call has its own client IP, so that the headers state the same quota.
        let replies = ["minji", "nobody"].map(|name| {
            clients += 1;
            let call = service.post(route, &address(name));
            let reply = from(&format!("203.0.113.{clients}"), call).send();
            reply.assert_problem(503, "overloaded")
        });
        assert_eq!(replies[0].header("retry-after"), "60");
        assert_same_response(&replies);
    }
    assert!(service.log().contains("backlog.full"));
    assert!(
        !service
            .mailbox()
            .kinds()
            .contains(&String::from("reset_password"))
    );
    service.sql().run("DELETE FROM mail_requests");
    wait_until(|| {
        clients = clients % 250 + 1;
        let call = service.post(ROUTES[0], &address("minji"));
        let client = format!("198.51.100.{clients}");
        from(&client, call).send().status == 202
    });
    let mailbox = service.mailbox();
    wait_until(|| mailbox.kinds().contains(&String::from("reset_password")));
}

#[test]
fn beyond_the_pending_signup_cap_every_address_is_rejected_alike() {
    let service = Service::start_with(&[
        MAIL,
        LIMITS,
        ("DAEMUN_EMAIL_VERIFICATION", "required"),
        ("DAEMUN_LIMIT_WAITING_SIGN_UPS", "2"),
    ]);
    let sign_up = |name: &str| {
        let mut body = address(name);
        body["username"] = json!(name);
        body["password"] = json!(PASSWORD);
        service.post("/signup", &body).send()
    };
    sign_up("minji").assert(202);
    let token = service
        .mailbox()
        .token(Purpose::SignUp, "minji@example.com");
    let body = json!({ "token": token, "password": PASSWORD });
    service.post("/email/verify", &body).send().assert(200);
    sign_up("jisoo").assert(202);
    wait_until(|| sign_up("haneul").status == 503);
    for (username, email) in [("taken", "minji@example.com"), ("new", "new@example.com")] {
        let body = json!({ "username": username, "email": email, "password": PASSWORD });
        let reply = service.post("/signup", &body).send();
        reply.assert_problem(503, "overloaded");
    }
}

#[test]
fn a_client_ip_can_send_a_mailbox_two_mails_an_hour_and_leaves_three() {
    let service =
        TestService::start_with_mail(&["--rate-limits=on", "--trusted-proxies=127.0.0.1"]);
    service.sign_up("minji");
    let mailbox = service.mailbox();
    let forgot = |client: &str| {
        let call = service.post("/password/forgot", &address("minji"));
        from(client, call).send().assert(202);
        wait_until(|| mailbox.requests_waiting() == 0);
        service.pass(MINUTE);
        written(&service, "reset_password")
    };
    let (stranger, owner) = ("203.0.113.1", "203.0.113.2");
    assert_eq!([(); 4].map(|()| forgot(stranger)), [1, 2, 2, 2]);
    assert_eq!([(); 3].map(|()| forgot(owner)), [3, 4, 4]);
    assert_eq!(forgot("203.0.113.3"), 5);
    assert_eq!(forgot("203.0.113.4"), 5);
    service.pass(MINUTE * 60);
    assert_eq!(forgot(stranger), 6);
}

#[test]
fn a_mailbox_gets_one_mail_a_minute_or_a_fifth_of_the_hourly_limit() {
    for (limit, seconds) in [(5, 60), (4, 60), (10, 30), (50, 6)] {
        let limit = format!("--limit-mails={limit}");
        let flags = ["--rate-limits=on", "--limit-client-mails=20", &limit];
        let service = TestService::start_with_mail(&flags);
        service.sign_up("minji");
        let mailbox = service.mailbox();
        let forgot = || {
            let call = service.post("/password/forgot", &address("minji"));
            call.send().assert(202);
            wait_until(|| mailbox.requests_waiting() == 0);
            written(&service, "reset_password")
        };
        assert_eq!(forgot(), 1, "{limit}");
        service.pass_almost(Duration::from_secs(seconds));
        assert_eq!(forgot(), 1, "{limit}");
        service.pass(Duration::from_micros(1));
        assert_eq!(forgot(), 2, "{limit}");
    }
}

#[test]
fn each_kind_of_mail_has_its_own_limits() {
    let service = TestService::start_with_mail(&["--rate-limits=on"]);
    let minji = service.sign_up("minji");
    let mailbox = service.mailbox();
    // Directly after the signup's mail.
    service
        .post("/password/forgot", &address("minji"))
        .send()
        .assert(202);
    wait_until(|| mailbox.count(Purpose::ResetPassword, "minji@example.com") == 1);
    let body = json!({ "email": "minji@example.com" });
    let change = service.call("PUT", "/me/email").json(&body).bearer(&minji);
    change.send().assert(202);
    assert_eq!(mailbox.count(Purpose::ChangeEmail, "minji@example.com"), 1);
    assert_eq!(
        mailbox.kinds(),
        ["verify_email", "reset_password", "change_email"]
    );
}
