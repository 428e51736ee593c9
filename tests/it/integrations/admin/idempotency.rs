//! Retries of a created account by `Idempotency-Key`.

use serde_json::{Value, json};

use super::{Admin, SCOPES, log_in, new_key, new_user, user};
use crate::support::{PASSWORD, Reply, send_at_once};

const KEY: &str = "0123456789abcdef";

fn create(admin: &Admin, service_key: &str, body: &Value) -> Reply {
    let call = admin
        .service
        .admin("POST", "/admin/users")
        .bearer(service_key);
    call.header("idempotency-key", KEY).json(body).send()
}

#[test]
fn a_retry_returns_the_account_as_it_is_now() {
    let admin = Admin::start();
    let body = new_user("minji");
    let first = create(&admin, &admin.key, &body).assert(201);
    let id = first.json["id"].as_str().unwrap();
    assert_eq!(
        create(&admin, &admin.key, &body).assert(201).json,
        first.json
    );
    let renamed = admin
        .patch(id, &json!({ "username": "renamed" }))
        .assert(200);
    let retried = create(&admin, &admin.key, &body).assert(201);
    assert_eq!(retried.json, renamed.json);
    assert_eq!(retried.header("location"), user(id));
    assert_eq!(admin.names(""), ["renamed"]);
}

#[test]
fn another_body_with_the_same_key_is_rejected() {
    let admin = Admin::start();
    create(&admin, &admin.key, &new_user("minji")).assert(201);
    let mut without_password = new_user("minji");
    without_password["password"] = Value::Null;
    let mut with_roles = new_user("minji");
    with_roles["roles"] = json!(["editor"]);
    for other in [new_user("minho"), without_password, with_roles] {
        let reply = create(&admin, &admin.key, &other);
        reply.assert_problem(409, "idempotency_key_reused");
    }
    assert_eq!(admin.names(""), ["minji"]);
}

#[test]
fn keys_of_services_and_of_signups_are_apart() {
    let admin = Admin::start();
    let other = new_key(&admin.service, "crm", &SCOPES);
    create(&admin, &admin.key, &new_user("minji")).assert(201);
    create(&admin, &other, &new_user("minho")).assert(201);
    let sign_up = admin.service.post("/signup", &new_user("seojun"));
    sign_up.header("idempotency-key", KEY).send().assert(201);
    assert_eq!(admin.names(""), ["minji", "minho", "seojun"]);
}

#[test]
fn concurrent_requests_with_one_key_create_one_account() {
    let admin = Admin::start();
    let body = new_user("minji");
    let call = || {
        let call = admin.call("POST", "/admin/users").json(&body);
        call.header("idempotency-key", KEY)
    };
    let replies = send_at_once((0..4).map(|_| call()).collect::<Vec<_>>());
    let ids = replies
        .into_iter()
        .map(|reply| reply.assert(201).json["id"].clone());
    let ids: Vec<_> = ids.collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(log_in(&admin.service, "minji", PASSWORD), 200);
}

#[test]
fn a_rejected_key_is_listed_beside_the_fields() {
    let admin = Admin::start();
    let mut body = new_user("minji");
    body["email"] = json!("none");
    let call = admin.call("POST", "/admin/users").json(&body);
    let reply = call.header("idempotency-key", "short").send();
    let reply = reply.assert_problem(422, "validation_failed");
    assert_eq!(
        reply.refused(),
        ["email invalid_email", "Idempotency-Key too_short"]
    );
    let call = admin.call("POST", "/admin/users").json(&new_user("minji"));
    let reply = call.header("idempotency-key", "short").send();
    let reply = reply.assert_problem(422, "validation_failed");
    assert_eq!(reply.refused(), ["Idempotency-Key too_short"]);
}
