//! A passkey as the second factor of a login.

use serde_json::{Value, json};

use super::{account_with_passkey, authenticator, factors, log_in_options, register, start};
use crate::support::{
    Authenticator, PASSWORD, Reply, TestService, count, integrations, send_at_once,
};

/// Returns the challenge of a login with the password.
fn first_step(service: &TestService, name: &str) -> Value {
    let body = json!({ "identifier": name, "password": PASSWORD });
    let reply = service.post("/login", &body).send();
    let reply = reply.assert_problem(401, "second_factor_required");
    reply.json["challenge"].clone()
}

fn options(service: &TestService, challenge: &Value) -> Value {
    let body = json!({ "challenge": challenge });
    let call = service.post("/login/second-factor/options", &body);
    call.send().assert(200).json
}

fn second_step(service: &TestService, challenge: &Value, passkey: &Authenticator) -> Reply {
    let started = options(service, challenge);
    let body = json!({
        "challenge": challenge, "ceremony": started["ceremony"],
        "credential": passkey.get(&started["options"])
    });
    service.post("/login/second-factor", &body).send()
}

#[test]
fn a_passkey_completes_a_login_without_verifying_its_user() {
    let service = start();
    let (_token, mut phone) = account_with_passkey(&service, "minji");
    phone.is_user_verified = false;
    // A security key that is not discoverable returns no user handle.
    phone.user_handle = None;
    let challenge = first_step(&service, "minji");
    let offered = options(&service, &challenge)["options"].clone();
    assert_eq!(
        offered["allowCredentials"][0]["transports"],
        json!(["internal"])
    );
    assert_eq!(offered["userVerification"], "discouraged");
    let token = second_step(&service, &challenge, &phone)
        .assert(200)
        .token();
    let issued = service.call("POST", "/token").bearer(&token).send();
    let issued = issued.assert(200).json["access_token"].clone();
    let claims = integrations::claims(issued.as_str().unwrap());
    assert_eq!(claims["amr"], json!(["pwd", "hwk", "mfa"]));
    // Both factors were presented, so the session is confirmed.
    let call = service.post("/me/passkeys/options", &json!({}));
    call.bearer(&token).send().assert(200);
}

#[test]
fn the_ceremony_is_of_one_challenge() {
    let service = start();
    let (_token, phone) = account_with_passkey(&service, "minji");
    let (one, other) = (first_step(&service, "minji"), first_step(&service, "minji"));
    let started = options(&service, &one);
    let credential = phone.get(&started["options"]);
    let send = |challenge: &Value, ceremony: &Value, credential: &Value| {
        let body = json!({
            "challenge": challenge, "ceremony": ceremony, "credential": credential
        });
        service.post("/login/second-factor", &body).send()
    };
    let reply = send(&other, &started["ceremony"], &credential);
    reply.assert_problem(422, "passkey_invalid");
    let foreign = log_in_options(&service);
    let reply = send(&one, &foreign["ceremony"], &phone.get(&foreign["options"]));
    reply.assert_problem(422, "passkey_invalid");
    send(&one, &started["ceremony"], &credential).assert(200);
    let reply = send(&other, &started["ceremony"], &credential);
    reply.assert_problem(422, "passkey_invalid");
}

#[test]
fn a_passkey_of_another_account_completes_no_login() {
    let service = start();
    account_with_passkey(&service, "minji");
    let (_token, mut foreign) = account_with_passkey(&service, "other");
    let challenge = first_step(&service, "minji");
    let reply = second_step(&service, &challenge, &foreign);
    reply.assert_problem(422, "passkey_invalid");
    foreign.user_handle = None;
    let reply = second_step(&service, &challenge, &foreign);
    reply.assert_problem(422, "passkey_invalid");
}

#[test]
fn a_change_of_factors_ends_the_options_and_the_challenge() {
    let service = start();
    let (token, phone) = account_with_passkey(&service, "minji");
    let challenge = first_step(&service, "minji");
    let started = options(&service, &challenge);
    register(&service, &token, &mut authenticator()).assert(201);
    let body = json!({ "challenge": challenge });
    let call = service.post("/login/second-factor/options", &body);
    call.send().assert_problem(410, "challenge_expired");
    let body = json!({
        "challenge": challenge, "ceremony": started["ceremony"],
        "credential": phone.get(&started["options"])
    });
    let reply = service.post("/login/second-factor", &body).send();
    reply.assert_problem(410, "challenge_expired");
    let body = json!({ "challenge": "dmx_none" });
    let call = service.post("/login/second-factor/options", &body);
    call.send().assert_problem(410, "challenge_expired");
}

#[test]
fn one_of_many_second_steps_with_one_response_succeeds() {
    let service = start();
    let (token, phone) = account_with_passkey(&service, "minji");
    let challenge = first_step(&service, "minji");
    let started = options(&service, &challenge);
    let body = json!({
        "challenge": challenge, "ceremony": started["ceremony"],
        "credential": phone.get(&started["options"])
    });
    let replies = send_at_once((0..5).map(|_| service.post("/login/second-factor", &body)));
    assert_eq!(count(&replies, 200), 1);
    let sessions = service.get("/sessions").bearer(&token).send().json;
    assert_eq!(sessions["sessions"].as_array().unwrap().len(), 2);
}

#[test]
fn a_counter_that_goes_back_is_reported_in_the_second_step_too() {
    let service = start();
    let token = super::verified(&service, "minji");
    let mut phone = authenticator();
    phone.sign_count = 5;
    register(&service, &token, &mut phone).assert(201);
    let before = factors(&service, &token);
    let challenge = first_step(&service, "minji");
    let reply = second_step(&service, &challenge, &phone);
    reply.assert_problem(422, "passkey_invalid");
    assert_eq!(factors(&service, &token), before);
    let kinds = service.mailbox().kinds();
    assert!(kinds.iter().any(|kind| kind == "passkey_counter_went_back"));
}

#[test]
fn a_body_has_one_second_factor() {
    let service = start();
    let (_token, phone) = account_with_passkey(&service, "minji");
    let challenge = first_step(&service, "minji");
    let started = options(&service, &challenge);
    let credential = phone.get(&started["options"]);
    let refused = |body: Value| {
        let reply = service.post("/login/second-factor", &body).send();
        reply.assert_problem(422, "validation_failed").refused()
    };
    let ceremony = &started["ceremony"];
    assert_eq!(
        refused(json!({ "challenge": challenge, "ceremony": ceremony })),
        ["credential required"]
    );
    assert_eq!(
        refused(json!({ "challenge": challenge, "credential": credential })),
        ["ceremony required"]
    );
    assert_eq!(
        refused(json!({ "challenge": challenge, "code": "1", "ceremony": ceremony })),
        ["code conflicting_field", "ceremony conflicting_field"]
    );
}

#[test]
fn wrong_codes_of_others_do_not_refuse_a_passkey() {
    let flags = [
        "--public-url=https://app.example.com",
        "--rate-limits=on",
        "--limit-network-failures=1000",
    ];
    let service = TestService::start_now_with(&flags);
    let (_token, phone) = account_with_passkey(&service, "minji");
    let challenge = first_step(&service, "minji");
    let code = json!({ "challenge": challenge, "recovery_code": "wrong" });
    for _ in 0..5 {
        let reply = service.post("/login/second-factor", &code).send();
        reply.assert_problem(422, "code_invalid");
    }
    let challenge = first_step(&service, "minji");
    let code = json!({ "challenge": challenge, "recovery_code": "wrong" });
    let reply = service.post("/login/second-factor", &code).send();
    reply.assert_problem(429, "too_many_requests");
    second_step(&service, &challenge, &phone).assert(200);
}
