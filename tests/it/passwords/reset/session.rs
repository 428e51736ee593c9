//! Sessions that a reset opens.

use std::time::Duration;

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use super::{NEW, log_in};
use crate::support::{PASSWORD, Reply, TestService, count, send_at_once};

const EMAIL: &str = "minji@example.com";

/// Requests a link. Returns the body of a reset with it that opens a session.
fn request(service: &TestService) -> Value {
    let token = service.request_password_reset(EMAIL);
    json!({ "token": token, "new_password": NEW, "transport": "token" })
}

fn reset(service: &TestService, body: &Value) -> Reply {
    service.post("/password/reset", body).send()
}

fn session_ids(service: &TestService, token: &str) -> Vec<Value> {
    let list = service.get("/sessions").bearer(token).send().assert(200);
    let sessions = list.json["sessions"].as_array().unwrap().iter();
    sessions.map(|session| session["id"].clone()).collect()
}

#[test]
fn a_reset_ends_every_session_and_opens_one() {
    let service = TestService::start_now_with(&["--mail-url=log:", "--captcha=always"]);
    let account = json!({ "username": "minji", "email": EMAIL, "password": PASSWORD, "captcha": service.proof() });
    let old = service.post("/signup", &account).send().assert(201).token();
    service.request_password_reset(EMAIL);
    let code = service.mailbox().code(Purpose::ResetPassword, EMAIL);
    let body = json!({
        "email": EMAIL, "code": code, "new_password": NEW, "transport": "token", "remember": true,
    });
    let reply = reset(&service, &body).assert(200);
    assert_eq!(reply.json["user"]["email_verified"], true);
    let until = service.time_in(Duration::from_hours(24 * 14));
    assert_eq!(reply.json["session"]["expires_at"], until);
    let id = reply.json["session"]["id"].clone();
    assert_eq!(session_ids(&service, &reply.token()), [id]);
    service.get("/me").bearer(&old).send().assert(401);
    reset(&service, &body).assert_problem(422, "code_invalid");
}

#[test]
fn the_cookie_of_a_reset_is_set_only_for_a_page_that_may_have_it() {
    let service = TestService::start_with_mail(&[]);
    service.sign_up("minji");
    let mut body = request(&service);
    body["transport"] = json!("cookie");
    let send = |site: &str| {
        let call = service.post("/password/reset", &body);
        call.header("sec-fetch-site", site).send()
    };
    send("cross-site").assert_problem(400, "cross_site_cookie");
    send("same-site").assert_problem(403, "origin_not_allowed");
    log_in(&service, "minji", PASSWORD).assert(200);
    let reply = send("same-origin").assert(200);
    assert_eq!(reply.json["session"]["token"], Value::Null);
    let cookie = reply.cookie();
    let me = service.get("/me").cookie(&cookie).send().assert(200);
    assert_eq!(me.json, reply.json["user"]);
}

#[test]
fn a_reset_forgets_devices_and_recognizes_its_own_without_a_notice() {
    let flags = ["--rate-limits=on", "--device-notices=on"];
    let service = TestService::start_with_mail(&flags);
    let account = json!({ "username": "minji", "email": EMAIL, "password": PASSWORD });
    let signed_up = service.post("/signup", &account).send().assert(201);
    for _ in 0..5 {
        log_in(&service, "minji", "wrong").assert(401);
    }
    log_in(&service, "minji", PASSWORD).assert(429);
    let mut body = request(&service);
    body["device_token"] = signed_up.json["device_token"].clone();
    let reply = reset(&service, &body).assert(200);
    let device = &reply.json["device_token"];
    assert!(device.is_string());
    let log_in = |device: &Value| {
        let body = json!({ "identifier": "minji", "password": NEW, "device_token": device });
        service.post("/login", &body).send().assert(200)
    };
    assert!(log_in(device).json["device_token"].is_null());
    let kinds = service.mailbox().kinds();
    assert!(!kinds.iter().any(|kind| kind == "new_device"), "{kinds:?}");
    assert!(kinds.iter().any(|kind| kind == "password_changed"));
}

#[test]
fn concurrent_resets_open_one_session() {
    let service = TestService::start_with_mail(&[]);
    service.sign_up("minji");
    let body = request(&service);
    let replies = send_at_once((0..20).map(|_| service.post("/password/reset", &body)));
    assert_eq!([count(&replies, 200), count(&replies, 410)], [1, 19]);
    let opened = replies.iter().find(|reply| reply.status == 200).unwrap();
    let id = opened.json["session"]["id"].clone();
    assert_eq!(session_ids(&service, &opened.token()), [id]);
}

#[test]
fn a_session_that_cannot_be_stored_leaves_password_and_link() {
    let service = TestService::start_with_mail(&[]);
    let old = service.sign_up("minji");
    let body = request(&service);
    service.sql().refuse_inserts("sessions");
    reset(&service, &body).assert(500);
    service.sql().accept_inserts("sessions");
    service.get("/me").bearer(&old).send().assert(200);
    log_in(&service, "minji", PASSWORD).assert(200);
    reset(&service, &body).assert(200).token();
    log_in(&service, "minji", NEW).assert(200);
}

#[test]
fn a_disabled_account_keeps_its_password_and_link() {
    let service = TestService::start_with_mail(&[]);
    service.sign_up("minji");
    service.sql().run("UPDATE users SET disabled = TRUE");
    let mut body = request(&service);
    reset(&service, &body).assert_problem(403, "account_disabled");
    log_in(&service, "minji", NEW).assert_problem(401, "invalid_credentials");
    log_in(&service, "minji", PASSWORD).assert_problem(403, "account_disabled");
    // Without a session the reset sets the password, and the account stays disabled.
    body.as_object_mut().unwrap().remove("transport");
    reset(&service, &body).assert(204);
    log_in(&service, "minji", NEW).assert_problem(403, "account_disabled");
}

#[test]
fn a_rejected_password_opens_no_session() {
    let service = TestService::start_with_mail(&[]);
    let old = service.sign_up("minji");
    let mut body = request(&service);
    body["new_password"] = json!("password123");
    let reply = reset(&service, &body).assert_problem(422, "validation_failed");
    assert_eq!(reply.refused(), ["new_password password_common"]);
    assert_eq!(session_ids(&service, &old).len(), 1);
    body["new_password"] = json!(NEW);
    reset(&service, &body).assert(200).token();
}
