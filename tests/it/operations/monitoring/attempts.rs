//! The metrics of logins, signups, limits and proofs of work.

use serde_json::json;

use super::scrape::{ADMIN, Scrape};
use crate::support::{PASSWORD, Service};

#[test]
fn logins_are_counted_by_method_and_outcome() {
    let service = Service::start_with(&[ADMIN]);
    service.sign_up("minji");
    service.log_in("minji");
    let attempt = |identifier: &str, password: &str| {
        let body = json!({ "identifier": identifier, "password": password });
        service.post("/login", &body).send()
    };
    attempt("minji", "Wrong-Horse-7-battery").assert(401);
    attempt("unknown", PASSWORD).assert(401);
    let disabled = service
        .command()
        .args(["user", "disable", "minji"])
        .output();
    assert!(disabled.unwrap().status.success());
    attempt("minji", PASSWORD).assert(403);
    service.post("/login", &json!({})).send().assert(422);
    service.get("/login").undocumented().send().assert(405);
    let scrape = Scrape::of(&service);
    for (outcome, count) in [
        ("succeeded", 1),
        ("failed", 2),
        ("disabled", 1),
        ("rejected", 1),
        ("throttled", 0),
        ("unverified", 0),
        ("captcha", 0),
        ("unavailable", 0),
        ("second_factor_required", 0),
    ] {
        let series = format!(r#"daemun_logins_total{{method="password",outcome="{outcome}"}}"#);
        assert_eq!(scrape.find(&series), Some(count), "{outcome}");
    }
    for method in ["passkey", "email_code", "second_factor"] {
        assert_eq!(scrape.log_ins(method, "succeeded"), 0);
    }
}

#[test]
fn signups_are_counted_by_outcome() {
    let service = Service::start_with(&[ADMIN]);
    service.sign_up("minji");
    let body = json!({ "username": "minji", "email": "other@example.com", "password": PASSWORD });
    service.post("/signup", &body).send().assert(409);
    let body = json!({ "username": "seojun", "email": "seojun@example.com", "password": "short" });
    service.post("/signup", &body).send().assert(422);
    let scrape = Scrape::of(&service);
    let outcomes = ["created", "pending", "taken", "rejected", "throttled"];
    let counts = outcomes.map(|outcome| scrape.sign_ups(outcome));
    assert_eq!(counts, [1, 0, 1, 1, 0], "{}", scrape.0);
}

#[test]
fn limits_that_are_hit_are_counted_by_name() {
    let service = Service::start_with(&[
        ADMIN,
        ("DAEMUN_RATE_LIMITS", "on"),
        ("DAEMUN_LIMIT_LOG_INS", "2"),
        ("DAEMUN_LIMIT_SIGN_UPS", "1"),
    ]);
    service.sign_up("minji");
    let body = json!({ "username": "seojun", "email": "seojun@example.com", "password": PASSWORD });
    service.post("/signup", &body).send().assert(429);
    for status in [200, 200, 429, 429] {
        let body = json!({ "identifier": "minji", "password": PASSWORD });
        service.post("/login", &body).send().assert(status);
    }
    let scrape = Scrape::of(&service);
    let hits = |policy: &str| {
        scrape.find(&format!(
            r#"daemun_rate_limit_hits_total{{policy="{policy}"}}"#
        ))
    };
    assert_eq!(hits("log-in"), Some(2), "{}", scrape.0);
    assert_eq!(hits("sign-up"), Some(1), "{}", scrape.0);
    assert_eq!(hits("failures"), Some(0), "{}", scrape.0);
    assert_eq!(scrape.log_ins("password", "throttled"), 2);
    assert_eq!(scrape.sign_ups("throttled"), 1);
}

#[test]
fn proofs_of_work_are_counted_when_demanded_and_when_accepted() {
    let service = Service::start_with(&[ADMIN, ("DAEMUN_CAPTCHA", "always")]);
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD });
    service.post("/signup", &body).send().assert(403);
    let mut solved = body;
    solved["captcha"] = service.proof().into();
    service.post("/signup", &solved).send().assert(201);
    solved["username"] = "seojun".into();
    service.post("/signup", &solved).send().assert(403);
    let scrape = Scrape::of(&service);
    let counts =
        ["demanded", "solved"].map(|kind| scrape.count(&format!("daemun_captchas_{kind}_total")));
    assert_eq!(counts, [1, 1], "{}", scrape.0);
    assert_eq!(scrape.sign_ups("captcha"), 2, "{}", scrape.0);
}

#[test]
fn events_are_counted_by_type_and_sessions_when_they_begin_and_end() {
    let service = Service::start_with(&[ADMIN]);
    let account = service.sign_up("minji");
    let ended = service.log_in("minji");
    let call = service.post("/logout", &json!({})).bearer(&ended);
    call.send().assert(204);
    for _session in 0..2 {
        service.log_in("minji");
    }
    let change = json!({ "current_password": PASSWORD, "new_password": "Another-Horse-7-battery" });
    let call = service.call("PUT", "/me/password").json(&change);
    call.bearer(&account.token).send().assert(204);
    let scrape = Scrape::of(&service);
    for (name, count) in [
        ("user.signed_up", 1),
        ("login.succeeded", 3),
        ("session.revoked", 1),
        ("sessions.revoked", 1),
        ("password.changed", 1),
        ("login.failed", 0),
    ] {
        let series = format!(r#"daemun_events_total{{type="{name}"}}"#);
        assert_eq!(scrape.find(&series), Some(count), "{name}");
    }
    let counts =
        ["created", "revoked"].map(|kind| scrape.count(&format!("daemun_sessions_{kind}_total")));
    assert_eq!(counts, [4, 3], "{}", scrape.0);
}
