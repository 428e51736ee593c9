//! A passkey that confirms a session.

use std::time::Duration;

use serde_json::{Value, json};

use super::{account_with_passkey, log_in_options, start};
use crate::support::{Authenticator, PASSWORD, Reply, TestService};

fn options(service: &TestService, token: &str) -> Value {
    let call = service.post("/me/confirm/options", &json!({}));
    call.bearer(token).send().assert(200).json
}

fn send(service: &TestService, token: &str, ceremony: &Value, credential: &Value) -> Reply {
    let body = json!({ "ceremony": ceremony, "credential": credential });
    service.post("/me/confirm", &body).bearer(token).send()
}

fn confirm(service: &TestService, token: &str, passkey: &Authenticator) -> Reply {
    let started = options(service, token);
    let credential = passkey.get(&started["options"]);
    send(service, token, &started["ceremony"], &credential)
}

/// Sends a request that needs a confirmed session.
fn guarded(service: &TestService, token: &str) -> Reply {
    let call = service.post("/me/passkeys/options", &json!({}));
    call.bearer(token).send()
}

#[test]
fn a_passkey_that_verifies_its_user_confirms_without_a_password() {
    let service = start();
    let (token, mut phone) = account_with_passkey(&service, "minji");
    guarded(&service, &token).assert(200);
    service.pass(Duration::from_mins(10));
    let reply = guarded(&service, &token).assert_problem(403, "confirmation_required");
    assert_eq!(reply.json["methods"], json!(["passkey", "recovery_code"]));
    let offered = options(&service, &token)["options"].clone();
    assert_eq!(offered["userVerification"], "required");
    assert_eq!(offered["allowCredentials"].as_array().unwrap().len(), 1);
    phone.is_user_verified = false;
    confirm(&service, &token, &phone).assert_problem(422, "passkey_invalid");
    guarded(&service, &token).assert(403);
    phone.is_user_verified = true;
    confirm(&service, &token, &phone).assert(204);
    guarded(&service, &token).assert(200);
}

#[test]
fn the_ceremony_is_of_one_session() {
    let service = start();
    let (token, phone) = account_with_passkey(&service, "minji");
    let (other, foreign) = account_with_passkey(&service, "other");
    service.pass(Duration::from_mins(10));
    let started = options(&service, &token);
    let credential = phone.get(&started["options"]);
    let ceremony = &started["ceremony"];
    let reply = send(&service, &other, ceremony, &credential);
    reply.assert_problem(422, "passkey_invalid");
    let reply = send(
        &service,
        &token,
        ceremony,
        &foreign.get(&started["options"]),
    );
    reply.assert_problem(422, "passkey_invalid");
    let logging_in = log_in_options(&service);
    let reply = send(
        &service,
        &token,
        &logging_in["ceremony"],
        &phone.get(&logging_in["options"]),
    );
    reply.assert_problem(422, "passkey_invalid");
    send(&service, &token, ceremony, &credential).assert(204);
    let reply = send(&service, &token, ceremony, &credential);
    reply.assert_problem(422, "passkey_invalid");
}

#[test]
fn ten_wrong_passkeys_within_an_hour_end_the_session() {
    let flags = ["--public-url=https://app.example.com", "--rate-limits=on"];
    let service = TestService::start_with(&flags);
    let (token, mut phone) = account_with_passkey(&service, "minji");
    phone.is_user_verified = false;
    for minutes in [0, 0, 0, 0, 0, 1, 2, 4, 8] {
        service.pass(Duration::from_mins(minutes));
        confirm(&service, &token, &phone).assert_problem(422, "passkey_invalid");
    }
    service.pass(Duration::from_mins(15));
    let reply = confirm(&service, &token, &phone);
    reply.assert_problem(401, "not_authenticated");
    let me = service.get("/me").bearer(&token).send();
    me.assert_problem(401, "not_authenticated");
}

#[test]
fn a_body_has_a_password_or_a_passkey() {
    let service = start();
    let (token, _phone) = account_with_passkey(&service, "minji");
    let refused = |body: Value| {
        let reply = service.post("/me/confirm", &body).bearer(&token).send();
        reply.assert_problem(422, "validation_failed").refused()
    };
    assert_eq!(refused(json!({})), ["password required"]);
    assert_eq!(refused(json!({ "code": "1" })), ["password required"]);
    assert_eq!(
        refused(json!({ "ceremony": "dmp_none" })),
        ["credential required"]
    );
    assert_eq!(
        refused(json!({ "credential": {}, "password": PASSWORD })),
        ["password conflicting_field", "credential conflicting_field"]
    );
}
