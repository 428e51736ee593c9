//! New accounts and their uniqueness.

use serde_json::json;

use super::{body, sign_up};
use crate::support::{PASSWORD, Service, count, send_at_once};

#[test]
fn the_token_authenticates_the_new_account() {
    let service = Service::start();
    let minji = service.sign_up("Minji");
    let me = service.get("/me").bearer(&minji.token).send().assert(200);
    assert_eq!(me.json["username"], "Minji");
    assert_eq!(me.json["email"], "Minji@example.com");
    assert_eq!(me.json["id"], minji.id);
}

#[test]
fn the_response_holds_the_user_and_a_session() {
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
fn with_cookie_transport_the_token_is_only_in_the_cookie() {
    let service = Service::start();
    let mut body = body("minji", "minji@example.com", PASSWORD);
    body["transport"] = json!("cookie");
    let reply = service.post("/signup", &body).send().assert(201);
    assert_eq!(reply.json["session"].get("token"), None);
    let me = service.get("/me").cookie(&reply.cookie()).send();
    assert_eq!(me.assert(200).json["username"], "minji");
}

#[test]
fn both_taken_fields_are_reported_at_once() {
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
fn a_rejected_signup_reserves_nothing() {
    let service = Service::start();
    service.sign_up("minji");
    sign_up(&service, "minji", "free@example.com", PASSWORD).assert_problem(409, "username_taken");
    sign_up(&service, "free", "minji@example.com", PASSWORD).assert_problem(409, "email_taken");
    sign_up(&service, "free", "free@example.com", "password").assert(422);
    sign_up(&service, "free", "free@example.com", PASSWORD).assert(201);
}

#[test]
fn concurrent_signups_with_one_name_create_one_account() {
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
fn concurrent_signups_with_one_address_create_one_account() {
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
fn an_internationalized_domain_equals_its_punycode() {
    let service = Service::start();
    sign_up(&service, "kim", "kim@한국.kr", PASSWORD).assert(201);
    sign_up(&service, "lee", "KIM@xn--3e0b707e.kr", PASSWORD).assert_problem(409, "email_taken");
    let body = json!({ "identifier": "kim@xn--3e0b707e.KR", "password": PASSWORD });
    let reply = service.post("/login", &body).send().assert(200);
    assert_eq!(reply.json["user"]["email"], "kim@한국.kr");
}
