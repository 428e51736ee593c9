//! The events of attempts that fail or are refused: rolled up, so that no flood of them fills the
//! disk.

use serde_json::json;

use super::{Audited, audited, log_in, log_in_from, named};
use crate::support::{PASSWORD, Service, TestService, wait_until};

fn behind_a_proxy(more: &[(&str, &str)]) -> Service {
    let usual = [
        ("DAEMUN_TRUSTED_PROXIES", "127.0.0.1"),
        ("DAEMUN_CAPTCHA", "off"),
        ("DAEMUN_RATE_LIMITS", "on"),
    ];
    Service::start_with(&[&usual[..], more].concat())
}

/// The clock of a [`TestService`] stands still, so that its attempts are in one window.
fn attempt(service: &TestService, identifier: &str, password: &str, status: u16) {
    let body = json!({ "identifier": identifier, "password": password });
    service.post("/login", &body).send().assert(status);
}

#[test]
fn failed_logins_are_one_row_for_an_account_or_client_ip_and_10_minutes() {
    let service = TestService::start_with(&["--rate-limits=on"]);
    service.sign_up("minji");
    service.sign_up("seojun");
    for (identifier, times) in [("minji", 3), ("minji@example.com", 1), ("seojun", 1)] {
        for _ in 0..times {
            attempt(&service, identifier, "wrong", 401);
        }
    }
    for identifier in ["nobody", "nobody2", "nobody@example.com"] {
        attempt(&service, identifier, "wrong", 401);
    }
    let rows = audited(&mut service.sql());
    let failed = named(&rows, "login.failed");
    // The clock stands still, so the rows have no order.
    let mut counts: Vec<_> = failed
        .iter()
        .map(|row| (row.user.is_some(), row.count))
        .collect();
    counts.sort_unstable();
    assert_eq!(counts, [(false, 3), (true, 1), (true, 4)], "{rows:#?}");
    for row in failed {
        assert_eq!(row.actor, "anonymous");
        assert_eq!(row.ip.as_deref(), Some("127.0.0.1"));
    }
    service.pass(std::time::Duration::from_mins(10));
    attempt(&service, "seojun", "wrong", 401);
    let rows = audited(&mut service.sql());
    assert_eq!(named(&rows, "login.failed").len(), 4, "{rows:#?}");
}

#[test]
fn failed_logins_are_recorded_without_rate_limits_too() {
    let service = TestService::start();
    service.sign_up("minji");
    attempt(&service, "minji", "wrong", 401);
    attempt(&service, "nobody", "wrong", 401);
    let rows = audited(&mut service.sql());
    assert_eq!(named(&rows, "login.failed").len(), 2, "{rows:#?}");
}

#[test]
fn throttled_attempts_are_sampled_alike_for_known_and_unknown_identifiers() {
    let service = TestService::start_with(&["--rate-limits=on"]);
    service.sign_up("minji");
    for identifier in ["minji", "nobody"] {
        for _ in 0..5 {
            attempt(&service, identifier, "wrong", 401);
        }
        // The limit of the client IP would refuse the next identifier as well.
        service.pass(std::time::Duration::from_secs(50));
        for _ in 0..3 {
            attempt(&service, identifier, PASSWORD, 429);
        }
        service.pass(std::time::Duration::from_secs(11));
    }
    let rows = audited(&mut service.sql());
    let throttled = named(&rows, "login.throttled");
    assert_eq!(throttled.len(), 2, "{rows:#?}");
    for row in &throttled {
        assert_eq!(row.detail, json!({ "limit": "failures" }));
        assert_eq!(row.count, 0, "not counted");
    }
    let is_known: Vec<_> = throttled.iter().map(|row| row.user.is_some()).collect();
    assert_eq!(is_known, [true, false]);
}

#[test]
fn beyond_the_cap_attempts_share_rows_without_account_and_client_ip() {
    let service = behind_a_proxy(&[("DAEMUN_LIMIT_EVENTS", "3")]);
    let minji = service.sign_up("minji");
    for number in 1..=6 {
        let ip = format!("192.0.2.{number}");
        let name = format!("nobody{number}");
        assert_eq!(log_in_from(&service, &name, "wrong", &ip), 401);
    }
    assert_eq!(log_in(&service, "minji", "wrong"), 401);
    let rows = audited(&mut service.sql());
    let failed = named(&rows, "login.failed");
    let (own, shared): (Vec<&Audited>, Vec<&Audited>) =
        failed.iter().partition(|row| row.ip.is_some());
    assert!((1..=3).contains(&own.len()), "{rows:#?}");
    assert_eq!(failed.iter().map(|row| row.count).sum::<u64>(), 7);
    assert!(!shared.is_empty(), "{rows:#?}");
    assert!(
        shared
            .iter()
            .all(|row| row.user.is_none() && row.request.is_none())
    );
    assert!(
        service.log().contains(&minji.id),
        "the log names the account"
    );
}

#[test]
fn refused_logins_with_the_right_password_are_recorded() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let disabled = service
        .command()
        .args(["user", "disable", "minji"])
        .output();
    assert!(disabled.unwrap().status.success());
    for _ in 0..2 {
        assert_eq!(log_in(&service, "minji", PASSWORD), 403);
    }
    let rows = audited(&mut service.sql());
    let refused = named(&rows, "login.disabled");
    assert_eq!(refused.iter().map(|row| row.count).sum::<u64>(), 2);
    assert_eq!(refused[0].user.as_deref(), Some(minji.id.as_str()));
    assert_eq!(refused[0].actor, "anonymous");
}

#[test]
fn rejected_proofs_of_work_are_sampled() {
    let service = Service::start_with(&[("DAEMUN_CAPTCHA", "always")]);
    let login = json!({ "identifier": "minji", "password": PASSWORD, "captcha": "canary" });
    let sign_up = json!({
        "username": "minji", "email": "minji@example.com", "password": PASSWORD, "captcha": "canary"
    });
    for _ in 0..2 {
        let reply = service.post("/login", &login).send();
        reply.assert_problem(403, "captcha_invalid");
        let reply = service.post("/signup", &sign_up).send();
        reply.assert_problem(403, "captcha_invalid");
    }
    let rows = audited(&mut service.sql());
    let rejected = named(&rows, "captcha.rejected");
    assert!((1..=2).contains(&rejected.len()), "{rows:#?}");
    // Each one is a log line.
    wait_until(|| service.log().matches("captcha.rejected").count() == 4);
}
