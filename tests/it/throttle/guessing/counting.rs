//! The requests that count as failures, and for which client IP.

use std::time::Duration;

use serde_json::{Value, json};

use super::MINUTE;
use crate::support::{
    PASSWORD, Service, TestService,
    guesses::{
        assert_waits, body, from_anywhere, hashed, lock, log_in, refused, start, start_with,
    },
    send_at_once,
};

#[test]
fn a_client_ip_fails_at_most_ten_times_a_minute() {
    let service = start();
    service.sign_up("minji");
    let from = |address: &str, identifier: &str, password: &str| {
        let call = service.post("/login", &body(identifier, password));
        call.header("x-forwarded-for", address)
    };
    for (used, same, other) in [
        ("203.0.113.1", "203.0.113.1:4711", "203.0.113.2"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"),
    ] {
        let replies = send_at_once(
            (0..30).map(|number| from(used, &format!("nobody{used}{number}"), "wrong")),
        );
        assert_eq!(hashed(&replies), 10);
        service.pass_almost(MINUTE);
        let (wait, name) = refused(from(same, "minji", PASSWORD).send());
        assert_eq!((wait, name.as_str()), (1, "network-failures"));
        from(other, "minji", PASSWORD).send().assert(200);
        service.pass(Duration::from_micros(1));
        // Any number of successes counts as no failure.
        for _again in 0..25 {
            from(same, "minji", PASSWORD).send().assert(200);
        }
        let replies =
            send_at_once((0..30).map(|number| from(same, &format!("none{used}{number}"), "wrong")));
        assert_eq!(hashed(&replies), 10);
        service.pass(MINUTE);
    }
}

#[test]
fn forged_headers_do_not_change_the_client_ip() {
    let service = Service::start_with(&[("DAEMUN_RATE_LIMITS", "on")]);
    let replies = send_at_once((0..25).map(|number| {
        let address = format!("203.0.113.{number}");
        let call = service.post("/login", &body(&format!("nobody{number}"), "wrong"));
        call.header("x-forwarded-for", &address)
            .header("forwarded", &format!("for={address}"))
            .header("x-real-ip", &address)
            .header("cf-connecting-ip", &address)
            .header("true-client-ip", &address)
    }));
    assert_eq!(hashed(&replies), 10);
}

#[test]
fn confirmations_by_password_count_as_attempts() {
    let service = start_with(&["--limit-account-failures=20"]);
    let token = service.sign_up("minji");
    let change = |password: &str| {
        let body =
            json!({ "current_password": password, "new_password": "Another-Staple-8-lantern" });
        from_anywhere(service.call("PUT", "/me/password").json(&body))
            .bearer(&token)
            .send()
    };
    let confirm = |password: &str| {
        let call = service.post("/me/confirm", &json!({ "password": password }));
        from_anywhere(call.bearer(&token)).send()
    };
    let both = || {
        for _free in 0..2 {
            change("wrong").assert_problem(403, "current_password_wrong");
            confirm("wrong").assert_problem(403, "current_password_wrong");
        }
        change("wrong").assert(403);
    };
    both();
    assert_waits(confirm(PASSWORD), MINUTE);
    assert_waits(change(PASSWORD), MINUTE);
    // Failed confirmations do not block logins, and failed logins do not block confirmations.
    log_in(&service, &body("minji", PASSWORD)).assert(200);
    service.pass(MINUTE);
    assert_eq!(lock(&service), 20);
    change(PASSWORD).assert(204);
    // A success resets the failures. The next confirmation, with the old password, fails.
    both();
    assert_waits(confirm(PASSWORD), MINUTE);
}

#[test]
fn failed_confirmations_count_for_the_account() {
    let service = start_with(&["--limit-account-failures=10"]);
    let token = service.sign_up("minji");
    for _try in 0..10 {
        let call = service.post("/me/confirm", &json!({ "password": "wrong" }));
        from_anywhere(call.bearer(&token)).send().assert(403);
        service.pass(MINUTE * 15);
    }
    assert_eq!(
        refused(log_in(&service, &body("minji", PASSWORD))).1,
        "account-failures"
    );
}

#[test]
fn a_repeated_signup_counts_as_an_attempt() {
    let service = start();
    let sign_up = |password: &str| {
        let body =
            json!({ "username": "minji", "email": "minji@example.com", "password": password });
        from_anywhere(service.post("/signup", &body))
            .header("idempotency-key", "0123456789abcdef")
            .send()
    };
    sign_up(PASSWORD).assert(201);
    for _free in 0..5 {
        sign_up("Another-Staple-8-lantern").assert_problem(409, "idempotency_key_reused");
    }
    assert_waits(sign_up(PASSWORD), MINUTE);
    assert_waits(log_in(&service, &body("minji", PASSWORD)), MINUTE);
}

#[test]
fn without_rate_limits_no_failure_is_counted() {
    let service = TestService::start_with(&["--rate-limits=off"]);
    let reply = service.post(
        "/signup",
        &json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD }),
    );
    let reply = reply.send().assert(201);
    assert_eq!(reply.json["device_token"], Value::Null);
    for _try in 0..120 {
        let reply = service.post("/login", &body("minji", "wrong")).send();
        assert!(reply.lines("ratelimit").is_empty());
        reply.assert(401);
    }
    let mut right = body("minji", PASSWORD);
    right["transport"] = json!("cookie");
    let reply = service.post("/login", &right).send().assert(200);
    assert_eq!(reply.lines("set-cookie").len(), 1);
}

#[test]
fn a_rejection_for_overload_is_not_counted() {
    let service = Service::start_with(&[
        ("DAEMUN_RATE_LIMITS", "on"),
        ("DAEMUN_LIMIT_FAILURES", "100"),
        ("DAEMUN_LIMIT_NETWORK_FAILURES", "1000"),
        ("DAEMUN_LIMIT_LOG_INS", "1000"),
        ("DAEMUN_BCRYPT_COST", "12"),
        ("DAEMUN_HASH_WORKERS", "1"),
        ("DAEMUN_HASH_DEADLINE", "100ms"),
    ]);
    service.sign_up("minji");
    let wrong = body("minji", "wrong");
    let replies = send_at_once((0..40).map(|_| service.post("/login", &wrong)));
    let of = |status| {
        replies
            .iter()
            .filter(|reply| reply.status == status)
            .count()
    };
    let (hashed, refused) = (of(401), of(503));
    assert_eq!(hashed + refused, 40);
    assert!(hashed > 0 && refused > 0, "{hashed} {refused}");
    let count = i64::try_from(hashed).unwrap();
    assert_eq!(
        numbers(&service, "SELECT count AS number FROM failures"),
        [count]
    );
    assert_eq!(
        numbers(&service, "SELECT failed_log_ins AS number FROM users"),
        [count]
    );
    let networks = numbers(&service, "SELECT count AS number FROM counters");
    assert_eq!(networks, [count, count]);
}

/// Returns the numbers that a query of the service's database finds.
fn numbers(service: &Service, query: &str) -> Vec<i64> {
    service.sql().numbers(query)
}
