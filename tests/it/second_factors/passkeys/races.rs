//! Requests that race with one ceremony or one counter.

use std::time::Duration;

use serde_json::json;

use super::{
    account_with_passkey, authenticator, factors, log_in_options, register, registration_options,
    start,
};
use crate::support::{count, send_at_once};

const RACERS: usize = 8;

#[test]
fn one_of_many_logins_with_one_response_succeeds() {
    let service = start();
    let (_token, phone) = account_with_passkey(&service, "minji");
    let started = log_in_options(&service);
    let body = json!({
        "ceremony": started["ceremony"], "credential": phone.get(&started["options"])
    });
    let replies = send_at_once((0..RACERS).map(|_| service.post("/login/passkey", &body)));
    assert_eq!(count(&replies, 200), 1);
    assert_eq!(count(&replies, 422), RACERS - 1);
}

#[test]
fn one_of_many_logins_with_one_counter_succeeds() {
    let service = start();
    let token = service.sign_up("minji");
    let mut phone = authenticator();
    register(&service, &token, &mut phone).assert(201);
    phone.sign_count = 1;
    let bodies = (0..RACERS).map(|_| {
        let started = log_in_options(&service);
        let credential = phone.get(&started["options"]);
        json!({ "ceremony": started["ceremony"], "credential": credential })
    });
    let bodies: Vec<_> = bodies.collect();
    let replies = send_at_once(
        bodies
            .iter()
            .map(|body| service.post("/login/passkey", body)),
    );
    assert_eq!(count(&replies, 200), 1);
    assert_eq!(count(&replies, 422), RACERS - 1);
}

#[test]
fn one_of_many_registrations_with_one_response_succeeds() {
    let service = start();
    let token = service.sign_up("minji");
    let started = registration_options(&service, &token);
    let body = json!({
        "ceremony": started["ceremony"], "name": "Phone",
        "credential": authenticator().create(&started["options"])
    });
    let calls = (0..RACERS).map(|_| service.post("/me/passkeys", &body).bearer(&token));
    let replies = send_at_once(calls);
    assert_eq!(count(&replies, 201), 1);
    assert_eq!(
        factors(&service, &token)["passkeys"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_session_that_is_revoked_meanwhile_registers_no_passkey() {
    let service = start();
    let token = service.sign_up("minji");
    service.confirm_before_next_touch(&token);
    let mut passkey = authenticator();
    let started = registration_options(&service, &token);
    let body = json!({
        "ceremony": started["ceremony"], "name": "Phone",
        "credential": passkey.create(&started["options"]),
    });
    service.pass(Duration::from_mins(1));
    let reply = service.send_after_revocation("/me/passkeys", &token, &body);
    reply.assert_problem(401, "not_authenticated");
    let query = "SELECT count(*) AS number FROM passkeys";
    assert_eq!(service.sql().numbers(query), [0]);
}
