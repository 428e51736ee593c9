//! The adaptive CAPTCHA of logins.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{ADAPTIVE, LIMITS, adaptive, credentials, proven};
use crate::support::{PASSWORD, Reply, Service, TestService};

fn try_in(service: &TestService, identifier: &str, password: &str) -> Reply {
    service
        .post("/login", &credentials(identifier, password))
        .send()
}

fn prove_in(service: &TestService, identifier: &str, password: &str) -> Reply {
    let body = proven(credentials(identifier, password), &service.proof());
    service.post("/login", &body).send()
}

#[test]
fn adaptive_requires_a_proof_after_three_failures_of_any_identifier() {
    let service = adaptive();
    for identifier in ["minji", "noone"] {
        for _ in 0..3 {
            try_in(&service, identifier, "wrong").assert_problem(401, "invalid_credentials");
        }
        for password in ["wrong", PASSWORD] {
            let reply = try_in(&service, identifier, password);
            reply.assert_problem(403, "captcha_required");
        }
        let reply = prove_in(&service, identifier, "wrong");
        reply.assert_problem(401, "invalid_credentials");
    }
    try_in(&service, "others", "wrong").assert_problem(401, "invalid_credentials");
}

#[test]
fn a_login_resets_the_failures_before_it() {
    let service = adaptive();
    for _ in 0..3 {
        try_in(&service, "minji", "wrong").assert_problem(401, "invalid_credentials");
    }
    prove_in(&service, "minji", PASSWORD).assert(200);
    for _ in 0..3 {
        try_in(&service, "minji", "wrong").assert_problem(401, "invalid_credentials");
    }
    try_in(&service, "minji", PASSWORD).assert_problem(403, "captcha_required");
}

#[test]
fn failures_older_than_an_hour_require_no_proof() {
    let service = adaptive();
    for _ in 0..3 {
        try_in(&service, "minji", "wrong").assert_problem(401, "invalid_credentials");
    }
    service.pass_almost(Duration::from_hours(1));
    try_in(&service, "minji", PASSWORD).assert_problem(403, "captcha_required");
    service.pass(Duration::from_micros(1));
    try_in(&service, "minji", PASSWORD).assert(200);
}

#[test]
fn a_rejection_for_a_missing_proof_is_no_failure() {
    let service = adaptive();
    for _ in 0..3 {
        try_in(&service, "minji", "wrong").assert_problem(401, "invalid_credentials");
    }
    for _ in 0..10 {
        try_in(&service, "minji", "wrong").assert_problem(403, "captcha_required");
    }
    prove_in(&service, "minji", PASSWORD).assert(200);
}

#[test]
fn a_rate_limited_request_does_not_consume_the_proof() {
    let service = adaptive();
    for _ in 0..3 {
        try_in(&service, "minji", "wrong").assert_problem(401, "invalid_credentials");
    }
    for _ in 0..2 {
        let reply = prove_in(&service, "minji", "wrong");
        reply.assert_problem(401, "invalid_credentials");
    }
    let body = proven(credentials("minji", PASSWORD), &service.proof());
    let send = || service.post("/login", &body).send();
    send().assert_problem(429, "too_many_requests");
    service.pass(Duration::from_mins(1));
    send().assert(200);
}

#[test]
fn adaptive_requires_a_proof_after_ten_failures_of_a_client_ip_an_hour() {
    let settings = [ADAPTIVE, LIMITS, ("DAEMUN_TRUSTED_PROXIES", "127.0.0.1")];
    let settings = [&settings[..], &[("DAEMUN_LIMIT_NETWORK_FAILURES", "1000")]].concat();
    let service = Service::start_with(&settings);
    service.sign_up("minji");
    let log_in = |identifier: &str, password: &str, from: &str| {
        let call = service.post("/login", &credentials(identifier, password));
        call.header("x-forwarded-for", from).send()
    };
    for number in 0..10 {
        // Successes in between count neither for nor against the client IP.
        log_in("minji", PASSWORD, "192.0.2.1").assert(200);
        let reply = log_in(&format!("noone{number}"), "wrong", "192.0.2.1");
        reply.assert_problem(401, "invalid_credentials");
    }
    log_in("minji", PASSWORD, "192.0.2.1").assert_problem(403, "captcha_required");
    log_in("others", "wrong", "192.0.2.1").assert_problem(403, "captcha_required");
    log_in("minji", PASSWORD, "192.0.2.2").assert(200);
}

#[test]
fn failures_of_others_require_no_proof_of_a_recognized_device() {
    let service = adaptive();
    let device = try_in(&service, "minji", PASSWORD).assert(200).json["device_token"].clone();
    for _ in 0..3 {
        try_in(&service, "minji", "wrong").assert_problem(401, "invalid_credentials");
    }
    try_in(&service, "minji", PASSWORD).assert_problem(403, "captcha_required");
    let mut body = credentials("minji", PASSWORD);
    body["device_token"] = device;
    service.post("/login", &body).send().assert(200);
}

#[test]
fn a_flooding_client_ip_gets_harder_challenges() {
    let service = Service::start_with(&[ADAPTIVE, LIMITS]);
    service.sign_up("minji");
    let counter = || {
        let payload = STANDARD.decode(service.proof()).unwrap();
        let payload: Value = serde_json::from_slice(&payload).unwrap();
        payload["solution"]["counter"].as_u64().unwrap()
    };
    assert!((0..8).all(|_| counter() < 200));
    service.sql().run("UPDATE counters SET count = 1000000");
    let counters: Vec<_> = (0..6).map(|_| counter()).collect();
    assert!(
        counters.iter().any(|counter| *counter >= 200),
        "{counters:?}"
    );
    assert!(
        counters.iter().all(|counter| *counter < 6_400),
        "{counters:?}"
    );
}
