//! The rules of the fields.

use serde_json::json;

use super::{body, sign_up};
use crate::support::{PASSWORD, Service};

#[test]
fn every_invalid_field_is_reported_at_once() {
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
fn invalid_usernames_are_rejected_with_a_reason() {
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
fn weak_passwords_are_rejected_with_a_reason() {
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
fn a_strong_password_may_contain_the_username() {
    let service = Service::start();
    let password = "four-river-candle-oboe-99";
    sign_up(&service, "river", "river@example.com", password).assert(201);
}

#[test]
fn a_weak_password_is_reported_with_the_other_invalid_fields() {
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
fn password_strength_beside_invalid_fields_is_rate_limited() {
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
fn the_configured_minimum_length_applies() {
    let service = Service::start_with(&[("DAEMUN_PASSWORD_MIN", "12")]);
    let reply = sign_up(&service, "ann", "ann@example.com", "vK7#pQ2xLm1");
    assert_eq!(
        reply.assert_problem(422, "validation_failed").refused(),
        ["password too_short"]
    );
    sign_up(&service, "ann", "ann@example.com", "vK7#pQ2xLm1.").assert(201);
}
