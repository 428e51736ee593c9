//! `Idempotency-Key` on `POST /signup`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Call, PASSWORD, Reply, Service, TestService, guesses, send_at_once};

const KEY: &str = "0d3b7bd0-3f0c-4c0a-9f6e-1b9b6f1c2a3d";
const HOUR: Duration = Duration::from_hours(1);

fn body(username: &str) -> Value {
    json!({ "username": username, "email": format!("{username}@example.com"), "password": PASSWORD })
}

fn with_key(service: &Service, key: &str, body: &Value) -> Call {
    let call = service.post("/signup", body);
    call.header("idempotency-key", key)
}

fn sign_up(service: &Service, key: &str, body: &Value) -> Reply {
    with_key(service, key, body).send()
}

#[test]
fn a_retry_repeats_the_response_with_a_new_session() {
    let service = Service::start();
    let first = sign_up(&service, KEY, &body("minji")).assert(201);
    let second = sign_up(&service, KEY, &body("minji")).assert(201);
    assert_eq!(first.json["user"], second.json["user"]);
    assert_eq!(second.header("location"), "/me");
    assert_ne!(first.token(), second.token());
    for token in [first.token(), second.token()] {
        service.get("/me").bearer(&token).send().assert(200);
    }
}

#[test]
fn a_key_is_bound_to_one_body() {
    let service = Service::start();
    sign_up(&service, KEY, &body("minji")).assert(201);
    for (field, value) in [
        ("username", json!("other")),
        ("email", json!("other@example.com")),
        ("remember", json!(true)),
        ("transport", json!("cookie")),
        ("display_name", json!("Minji")),
        ("profile", json!({ "theme": "dark" })),
    ] {
        let mut changed = body("minji");
        changed[field] = value;
        sign_up(&service, KEY, &changed).assert_problem(409, "idempotency_key_reused");
    }
    // An absent field equals its default.
    let mut same = body("minji");
    same["remember"] = json!(false);
    same["transport"] = json!("token");
    same["display_name"] = json!(null);
    same["profile"] = json!(null);
    sign_up(&service, KEY, &same).assert(201);
}

#[test]
fn a_retry_requires_the_same_password() {
    let service = Service::start();
    sign_up(&service, KEY, &body("minji")).assert(201);
    let mut wrong = body("minji");
    wrong["password"] = json!("Another-Staple-8-lantern");
    let reply = sign_up(&service, KEY, &wrong).assert_problem(409, "idempotency_key_reused");
    assert!(reply.lines("set-cookie").is_empty());
    assert!(reply.refused().is_empty());
}

#[test]
fn a_retry_creates_no_session_for_a_disabled_account() {
    let service = Service::start();
    sign_up(&service, KEY, &body("minji")).assert(201);
    let disabled = service
        .command()
        .args(["user", "disable", "minji"])
        .output();
    assert!(disabled.unwrap().status.success());
    sign_up(&service, KEY, &body("minji")).assert_problem(409, "idempotency_key_reused");
}

#[test]
fn a_key_of_a_failed_signup_can_be_reused() {
    let service = Service::start();
    service.sign_up("taken");
    sign_up(&service, KEY, &body("taken")).assert_problem(409, "username_taken");
    sign_up(&service, KEY, &body("m")).assert(422);
    sign_up(&service, KEY, &body("minji")).assert(201);
}

#[test]
fn deleting_the_account_frees_its_key() {
    let service = Service::start();
    let token = sign_up(&service, KEY, &body("minji")).assert(201).token();
    service
        .call("DELETE", "/me")
        .bearer(&token)
        .send()
        .assert(204);
    sign_up(&service, KEY, &body("other")).assert(201);
}

#[test]
fn a_key_expires_after_a_day() {
    let service = TestService::start();
    let sign_up = |name: &str| {
        service
            .post("/signup", &body(name))
            .header("idempotency-key", KEY)
            .send()
    };
    sign_up("minji").assert(201);
    service.pass_almost(24 * HOUR);
    sign_up("minji").assert(201);
    sign_up("other").assert_problem(409, "idempotency_key_reused");
    service.pass(Duration::from_micros(1));
    sign_up("minji").assert_problem(409, "username_taken");
    sign_up("other").assert(201);
    sign_up("minji").assert_problem(409, "idempotency_key_reused");
}

#[test]
fn concurrent_retries_with_one_key_create_one_account() {
    let service = Service::start();
    let replies = send_at_once((0..20).map(|_| with_key(&service, KEY, &body("minji"))));
    let ids = replies.into_iter();
    let ids: Vec<_> = ids
        .map(|reply| reply.assert(201).json["user"]["id"].clone())
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
}

#[test]
fn concurrent_bodies_with_one_key_create_one_account() {
    let service = Service::start();
    let calls = (0..10).map(|number| with_key(&service, KEY, &body(&format!("minji{number}"))));
    let mut made = 0;
    for (number, reply) in send_at_once(calls).into_iter().enumerate() {
        let login = json!({ "identifier": format!("minji{number}"), "password": PASSWORD });
        let login = service.post("/login", &login).send();
        if reply.status == 201 {
            made += 1;
            login.assert(200);
        } else {
            reply.assert_problem(409, "idempotency_key_reused");
            login.assert(401);
        }
    }
    assert_eq!(made, 1);
}

#[test]
fn a_retry_with_another_body_locks_no_other_account() {
    let service = guesses::start();
    let sign_up = |body: &Value| {
        let call = service.post("/signup", body);
        guesses::from_anywhere(call.header("idempotency-key", KEY)).send()
    };
    let with_password = |name: &str, password: &str| {
        let mut body = body(name);
        body["password"] = json!(password);
        body
    };
    let log_in = |name: &str| guesses::log_in(&service, &guesses::body(name, PASSWORD));
    let mallory = sign_up(&body("mallory")).assert(201).token();
    service.sign_up("minji");
    for _ in 0..5 {
        let reply = sign_up(&with_password("minji", "An-Uninvited-9-visitor"));
        reply.assert_problem(409, "idempotency_key_reused");
    }
    sign_up(&body("minji")).assert_problem(429, "too_many_requests");
    log_in("minji").assert(200);
    // Another account has the former username of the key's account by now.
    let rename = service.call("PATCH", "/me").bearer(&mallory);
    rename
        .json(&json!({ "username": "other" }))
        .send()
        .assert(200);
    let call = json!({ "username": "mallory", "email": "new@example.com", "password": PASSWORD });
    service.post("/signup", &call).send().assert(201);
    for _ in 0..5 {
        let reply = sign_up(&with_password("mallory", "An-Uninvited-9-visitor"));
        reply.assert_problem(409, "idempotency_key_reused");
    }
    log_in("mallory").assert(200);
    guesses::assert_waits(log_in("other"), Duration::from_mins(1));
}

#[test]
fn keys_have_a_length_and_a_character_set() {
    let service = Service::start();
    let refused = |key: &[u8], reason: &str| {
        let reply = service
            .post("/signup", &body("minji"))
            .raw_header("idempotency-key", key)
            .send();
        assert_eq!(
            reply.assert_problem(422, "validation_failed").refused(),
            [format!("Idempotency-Key {reason}")],
            "{}",
            key.escape_ascii()
        );
    };
    refused(b"", "too_short");
    refused(&[b'k'; 15], "too_short");
    refused(&[b'k'; 256], "too_long");
    refused(b"has a space in it", "invalid_characters");
    refused(b"tab\tin the middle", "invalid_characters");
    refused(&[0xff; 16], "invalid_characters");
    refused("열쇠열쇠열쇠열쇠".as_bytes(), "invalid_characters");
    sign_up(&service, &"k".repeat(16), &body("least")).assert(201);
    sign_up(&service, &"k".repeat(255), &body("most")).assert(201);
    sign_up(&service, "!~!~!~!~!~!~!~!~", &body("ends")).assert(201);
    let reply = service
        .post("/signup", &body("minji"))
        .header("idempotency-key", KEY)
        .header("idempotency-key", KEY)
        .send();
    assert_eq!(
        reply.assert_problem(422, "validation_failed").refused(),
        ["Idempotency-Key duplicate_field"]
    );
}

#[test]
fn an_invalid_key_is_reported_with_the_invalid_fields() {
    let service = Service::start();
    let mut refused = sign_up(&service, "short", &body("m")).refused();
    refused.sort();
    assert_eq!(refused, ["Idempotency-Key too_short", "username too_short"]);
}
