//! Lifetimes of sessions, with a clock that the tests move.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, TestService};

const MOMENT: Duration = Duration::from_micros(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

fn log_in(service: &TestService, extra: &Value) -> Reply {
    let mut body = json!({ "identifier": "minji", "password": PASSWORD });
    for (name, value) in extra.as_object().unwrap() {
        body[name] = value.clone();
    }
    service.post("/login", &body).send().assert(200)
}

fn remembered(service: &TestService) -> String {
    log_in(service, &json!({ "remember": true })).token()
}

fn lives(service: &TestService, token: &str) -> bool {
    let reply = service.get("/me").bearer(token).send();
    if reply.status != 200 {
        reply.assert_problem(401, "not_authenticated");
        return false;
    }
    true
}

fn own_session(service: &TestService, token: &str) -> Value {
    let reply = service.get("/sessions").bearer(token).send().assert(200);
    let sessions = reply.json["sessions"].as_array().unwrap().clone();
    sessions
        .into_iter()
        .find(|session| session["current"] == true)
        .unwrap()
}

#[test]
fn a_session_without_remember_expires_after_a_day_of_use() {
    let service = TestService::start();
    let token = service.sign_up("minji");
    let end = service.time_in(DAY);
    for _ in 0..23 {
        service.pass(HOUR);
        assert!(lives(&service, &token));
        assert_eq!(own_session(&service, &token)["expires_at"], end);
    }
    service.pass_almost(HOUR);
    assert!(lives(&service, &token));
    service.pass(MOMENT);
    assert!(!lives(&service, &token));
}

#[test]
fn a_remembered_session_expires_after_fourteen_idle_days() {
    let service = TestService::start();
    service.sign_up("minji");
    let reply = log_in(&service, &json!({ "remember": true }));
    assert_eq!(
        reply.json["session"]["expires_at"],
        service.time_in(14 * DAY)
    );
    let unused = remembered(&service);
    let used = reply.token();
    service.pass_almost(14 * DAY);
    assert!(lives(&service, &used));
    service.pass(MOMENT);
    assert!(!lives(&service, &unused));
    assert!(lives(&service, &used));
    service.pass(14 * DAY);
    assert!(!lives(&service, &used));
}

#[test]
fn a_remembered_session_expires_after_ninety_days_of_use() {
    let service = TestService::start();
    service.sign_up("minji");
    let end = service.time_in(90 * DAY);
    let token = remembered(&service);
    for _ in 0..8 {
        service.pass(10 * DAY);
        assert!(lives(&service, &token));
    }
    assert_eq!(own_session(&service, &token)["expires_at"], end);
    service.pass_almost(10 * DAY);
    assert!(lives(&service, &token));
    service.pass(MOMENT);
    assert!(!lives(&service, &token));
}

#[test]
fn the_settings_of_both_lifetimes_apply() {
    let service = TestService::start_with(&["--session-idle=2d", "--session-max=3d"]);
    service.sign_up("minji");
    let reply = log_in(
        &service,
        &json!({ "remember": true, "transport": "cookie" }),
    );
    assert!(reply.header("set-cookie").contains("; Max-Age=259200"));
    assert_eq!(
        reply.json["session"]["expires_at"],
        service.time_in(2 * DAY)
    );
    let (unused, used) = (remembered(&service), remembered(&service));
    service.pass_almost(2 * DAY);
    assert!(lives(&service, &used));
    service.pass(MOMENT);
    assert!(!lives(&service, &unused));
    service.pass(DAY);
    assert!(!lives(&service, &used));
}

#[test]
fn the_maximum_lifetime_bounds_the_idle_lifetime() {
    let service = TestService::start_with(&["--session-idle=5d", "--session-max=2d"]);
    service.sign_up("minji");
    let reply = log_in(&service, &json!({ "remember": true }));
    assert_eq!(
        reply.json["session"]["expires_at"],
        service.time_in(2 * DAY)
    );
    service.pass(2 * DAY);
    assert!(!lives(&service, &reply.token()));
}

#[test]
fn the_last_use_of_a_session_is_written_once_an_hour() {
    let service = TestService::start();
    service.sign_up("minji");
    let opened = service.time_in(Duration::ZERO);
    let expires = service.time_in(14 * DAY);
    let token = remembered(&service);
    service.pass_almost(HOUR);
    assert!(lives(&service, &token));
    let session = own_session(&service, &token);
    assert_eq!(session["last_seen_at"], opened);
    assert_eq!(session["expires_at"], expires);
    service.pass(MOMENT);
    assert!(lives(&service, &token));
    let session = own_session(&service, &token);
    assert_eq!(session["created_at"], opened);
    assert_eq!(session["last_seen_at"], service.time_in(Duration::ZERO));
    assert_eq!(session["expires_at"], service.time_in(14 * DAY));
}

#[test]
fn the_cookie_expires_with_the_maximum_lifetime_of_its_session() {
    let service = TestService::start();
    service.sign_up("minji");
    let remembered = log_in(
        &service,
        &json!({ "remember": true, "transport": "cookie" }),
    );
    assert!(
        remembered
            .header("set-cookie")
            .contains("; Max-Age=7776000")
    );
    let plain = log_in(&service, &json!({ "transport": "cookie" }));
    assert!(!plain.header("set-cookie").contains("Max-Age"));
    assert!(!plain.header("set-cookie").contains("Expires"));
}

#[test]
fn an_expired_session_is_neither_listed_nor_found() {
    let service = TestService::start();
    service.sign_up("minji");
    let old = log_in(&service, &json!({}));
    let old = old.json["session"]["id"].as_str().unwrap().to_owned();
    service.pass(DAY);
    let token = log_in(&service, &json!({})).token();
    let sessions = service.get("/sessions").bearer(&token).send();
    assert_eq!(sessions.json["sessions"].as_array().unwrap().len(), 1);
    service
        .call("DELETE", &format!("/sessions/{old}"))
        .bearer(&token)
        .send()
        .assert_problem(404, "session_not_found");
}

#[test]
fn expired_sessions_do_not_count_towards_the_limit() {
    let service = TestService::start();
    service.sign_up("minji");
    let kept = remembered(&service);
    service.pass(HOUR);
    for _ in 0..98 {
        log_in(&service, &json!({}));
    }
    service.pass(2 * DAY);
    log_in(&service, &json!({}));
    assert!(lives(&service, &kept), "one of two living sessions");
}
