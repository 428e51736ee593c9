//! `POST /signup`

use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, Service, count, send_at_once};

fn body(username: &str, email: &str, password: &str) -> Value {
    json!({ "username": username, "email": email, "password": password })
}

fn sign_up(service: &Service, username: &str, email: &str, password: &str) -> Reply {
    let body = body(username, email, password);
    service.post("/signup", &body).send()
}

#[test]
fn a_new_account_is_recognised_by_its_token() {
    let service = Service::start();
    let minji = service.sign_up("Minji");
    let me = service.get("/me").bearer(&minji.token).send().assert(200);
    assert_eq!(me.json["username"], "Minji");
    assert_eq!(me.json["email"], "Minji@example.com");
    assert_eq!(me.json["id"], minji.id);
}

#[test]
fn the_answer_holds_the_user_and_a_session() {
    let service = Service::start();
    let reply = sign_up(&service, "Minji", "Minji@Example.com", PASSWORD).assert(201);
    assert_eq!(reply.header("location"), "/me");
    assert_eq!(reply.header("content-type"), "application/json");
    assert!(reply.lines("set-cookie").is_empty());
    assert_eq!(reply.json["user"]["username"], "Minji");
    assert_eq!(reply.json["user"]["email"], "Minji@Example.com");
    assert_eq!(reply.json["user"]["email_verified"], false);
    assert!(reply.token().starts_with("dms_"));
    let id: uuid::Uuid = reply.json["user"]["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(id.get_version_num(), 7);
    let created = reply.json["user"]["created_at"].as_str().unwrap();
    assert!(created.ends_with('Z'), "{created}");
}

#[test]
fn with_the_cookie_transport_the_token_is_in_the_cookie_alone() {
    let service = Service::start();
    let mut body = body("minji", "minji@example.com", PASSWORD);
    body["transport"] = json!("cookie");
    let reply = service.post("/signup", &body).send().assert(201);
    assert_eq!(reply.json["session"].get("token"), None);
    let me = service.get("/me").cookie(&reply.cookie()).send();
    assert_eq!(me.assert(200).json["username"], "minji");
}

#[test]
fn both_taken_fields_are_told_at_once() {
    let service = Service::start();
    service.sign_up("minji");
    let reply = sign_up(&service, "MINJI", "minji@EXAMPLE.com", PASSWORD);
    assert_eq!(
        reply.assert_problem(409, "username_taken").refused(),
        ["username username_taken", "email email_taken"]
    );
    let reply = sign_up(&service, "other", "minji@EXAMPLE.com", PASSWORD);
    assert_eq!(
        reply.assert_problem(409, "email_taken").refused(),
        ["email email_taken"]
    );
    let reply = sign_up(&service, "ｍｉｎｊｉ", "other@example.com", PASSWORD);
    assert_eq!(
        reply.assert_problem(409, "username_taken").refused(),
        ["username username_taken"]
    );
}

#[test]
fn a_refused_sign_up_leaves_nothing_behind() {
    let service = Service::start();
    service.sign_up("minji");
    sign_up(&service, "minji", "free@example.com", PASSWORD).assert_problem(409, "username_taken");
    sign_up(&service, "free", "minji@example.com", PASSWORD).assert_problem(409, "email_taken");
    sign_up(&service, "free", "free@example.com", "password").assert(422);
    sign_up(&service, "free", "free@example.com", PASSWORD).assert(201);
}

#[test]
fn one_name_is_given_once_however_many_ask_at_once() {
    let service = Service::start();
    let calls = (0..20).map(|number| {
        let email = format!("minji{number}@example.com");
        service.post("/signup", &body("minji", &email, PASSWORD))
    });
    let mut made = 0;
    for reply in send_at_once(calls) {
        if reply.status == 201 {
            made += 1;
        } else {
            reply.assert_problem(409, "username_taken");
        }
    }
    assert_eq!(made, 1);
}

#[test]
fn one_address_is_given_once_however_many_ask_at_once() {
    let service = Service::start();
    let replies = send_at_once((0..20).map(|number| {
        let username = format!("minji{number}");
        service.post("/signup", &body(&username, "minji@example.com", PASSWORD))
    }));
    assert_eq!(count(&replies, 201), 1);
    for reply in replies.into_iter().filter(|reply| reply.status != 201) {
        reply.assert_problem(409, "email_taken");
    }
}

#[test]
fn every_refused_field_is_told_at_once() {
    let service = Service::start();
    let reply = sign_up(&service, "m", "nowhere", "short").assert_problem(422, "validation_failed");
    let mut refused = reply.refused();
    refused.sort();
    assert_eq!(
        refused,
        [
            "email invalid_email",
            "password too_short",
            "username too_short"
        ]
    );
    let reply = service.post("/signup", &json!({})).send();
    assert_eq!(
        reply.assert_problem(422, "validation_failed").refused(),
        ["username required", "email required", "password required"]
    );
}

#[test]
fn user_names_are_refused_for_a_reason() {
    let service = Service::start();
    for (username, reason) in [
        ("ann@home", "invalid_characters"),
        ("ann lee", "invalid_characters"),
        ("ann\0lee", "invalid_characters"),
        ("-ann", "invalid_start"),
        ("ann.", "invalid_start"),
        ("аnn", "mixed_scripts"),
        ("1א", "mixed_directions"),
        ("Admin", "reserved"),
        ("s-i-g-n.up", "reserved"),
        ("me", "reserved"),
    ] {
        let reply = sign_up(&service, username, "ann@example.com", PASSWORD);
        assert_eq!(
            reply.assert_problem(422, "validation_failed").refused(),
            [format!("username {reason}")],
            "{username:?}"
        );
    }
}

#[test]
fn passwords_are_refused_for_a_reason() {
    let service = Service::start();
    for (password, reason) in [
        ("password", "password_common"),
        ("qwertyuiop", "password_common"),
        ("비밀번호비밀번호", "password_common"),
        ("Minji-Choi", "password_equals_username"),
        ("Choi.Minji", "password_equals_email"),
        ("choi.minji@EXAMPLE.com", "password_equals_email"),
        ("nul\0 in between", "invalid_characters"),
    ] {
        let reply = sign_up(&service, "minji-choi", "choi.minji@example.com", password);
        assert_eq!(
            reply.assert_problem(422, "validation_failed").refused(),
            [format!("password {reason}")],
            "{password:?}"
        );
    }
}

#[test]
fn a_password_may_hold_its_owners_name_besides_much_else() {
    let service = Service::start();
    let password = "four-river-candle-oboe-99";
    sign_up(&service, "river", "river@example.com", password).assert(201);
}

#[test]
fn a_refused_password_is_told_beside_the_other_refused_fields() {
    let service = Service::start();
    let email = "zorblattquux@example.com";
    for (password, reason) in [
        ("zorblattquux", "password_equals_email"),
        ("zorblattquux1", "password_common"),
        ("password", "password_common"),
    ] {
        let reply = sign_up(&service, "minji@", email, password);
        assert_eq!(
            reply.assert_problem(422, "validation_failed").refused(),
            [
                String::from("username invalid_characters"),
                format!("password {reason}")
            ]
        );
    }
    let reply = sign_up(&service, "x", "nowhere", "password");
    assert_eq!(
        reply.assert_problem(422, "validation_failed").refused(),
        [
            "username too_short",
            "email invalid_email",
            "password password_common"
        ]
    );
    let call = service.post("/signup", &body("minji", email, "password"));
    let reply = call.header("idempotency-key", "short").send();
    assert_eq!(
        reply.assert_problem(422, "validation_failed").refused(),
        ["password password_common", "Idempotency-Key too_short"]
    );
}

#[test]
fn passwords_beside_refused_fields_are_judged_within_a_limit() {
    let service = Service::start_with(&[
        ("DAEMUN_RATE_LIMITS", "on"),
        ("DAEMUN_LIMIT_NETWORK_FAILURES", "1"),
    ]);
    let refused = || {
        let reply = sign_up(&service, "minji", "nowhere", "password");
        reply.assert_problem(422, "validation_failed").refused()
    };
    assert_eq!(
        refused(),
        ["email invalid_email", "password password_common"]
    );
    assert_eq!(refused(), ["email invalid_email"]);
}

#[test]
fn the_configured_minimum_holds() {
    let service = Service::start_with(&[("DAEMUN_PASSWORD_MIN", "12")]);
    let reply = sign_up(&service, "ann", "ann@example.com", "vK7#pQ2xLm1");
    assert_eq!(
        reply.assert_problem(422, "validation_failed").refused(),
        ["password too_short"]
    );
    sign_up(&service, "ann", "ann@example.com", "vK7#pQ2xLm1.").assert(201);
}

#[test]
fn an_internationalised_domain_is_one_domain() {
    let service = Service::start();
    sign_up(&service, "kim", "kim@한국.kr", PASSWORD).assert(201);
    sign_up(&service, "lee", "KIM@xn--3e0b707e.kr", PASSWORD).assert_problem(409, "email_taken");
    let body = json!({ "identifier": "kim@xn--3e0b707e.KR", "password": PASSWORD });
    let reply = service.post("/login", &body).send().assert(200);
    assert_eq!(reply.json["user"]["email"], "kim@한국.kr");
}
