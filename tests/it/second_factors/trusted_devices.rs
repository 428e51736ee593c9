//! Devices that skip the second factor.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    PASSWORD, Reply, TestService,
    authenticator_app::{AuthenticatorApp, STEP, credentials, first_step},
};

const DAY: Duration = Duration::from_hours(24);

fn with_app(flags: &[&str]) -> (TestService, AuthenticatorApp, Vec<String>) {
    let service = TestService::start_with(flags);
    let token = service.sign_up("minji");
    let (app, codes) = AuthenticatorApp::set_up(&service, &token);
    (service, app, codes)
}

/// Logs in with a code, and lets the device skip the second factor.
fn trust(service: &TestService, app: &AuthenticatorApp) -> Reply {
    let challenge = first_step(service, &credentials("minji"));
    let body = json!({
        "challenge": challenge, "code": app.code(service), "trust_device": true,
    });
    let reply = service
        .post("/login/second-factor", &body)
        .send()
        .assert(200);
    service.pass(STEP);
    reply
}

fn log_in_from(service: &TestService, device: &Value) -> Reply {
    let mut body = credentials("minji");
    body["device_token"] = device.clone();
    service.post("/login", &body).send()
}

#[test]
fn a_trusted_device_skips_the_second_factor_for_thirty_days() {
    for limits in ["--rate-limits=off", "--rate-limits=on"] {
        let (service, app, _) = with_app(&[limits]);
        let device = trust(&service, &app).json["device_token"].clone();
        assert!(device.is_string());
        let skipped = log_in_from(&service, &device).assert(200);
        let query =
            "SELECT amr AS text FROM sessions WHERE confirmed_at = 0 AND amr <> $1 AND amr <> $2";
        assert_eq!(service.sql().texts(query, "", "-"), ["pwd"]);
        let delete = service.call("DELETE", "/me").bearer(&skipped.token());
        delete.send().assert_problem(403, "confirmation_required");
        log_in_from(&service, &Value::Null).assert_problem(401, "second_factor_required");
        service.pass_almost((30 * DAY).saturating_sub(STEP));
        log_in_from(&service, &device).assert(200);
        service.pass(Duration::from_micros(1));
        log_in_from(&service, &device).assert_problem(401, "second_factor_required");
    }
}

#[test]
fn a_device_that_is_recognized_but_not_trusted_presents_the_second_factor() {
    let (service, app, _) = with_app(&["--rate-limits=on"]);
    let challenge = first_step(&service, &credentials("minji"));
    let body = json!({ "challenge": challenge, "code": app.code(&service) });
    let reply = service
        .post("/login/second-factor", &body)
        .send()
        .assert(200);
    let device = &reply.json["device_token"];
    log_in_from(&service, device).assert_problem(401, "second_factor_required");
}

#[test]
fn a_trusted_device_of_another_account_skips_nothing() {
    let (service, app, _) = with_app(&[]);
    let device = trust(&service, &app).json["device_token"].clone();
    let other = service.sign_up("suji");
    let (_app, _) = AuthenticatorApp::set_up(&service, &other);
    let mut body = credentials("suji");
    body["device_token"] = device;
    let reply = service.post("/login", &body).send();
    reply.assert_problem(401, "second_factor_required");
}

#[test]
fn trust_ends_with_the_last_factor_and_with_a_new_password() {
    let (service, app, _) = with_app(&[]);
    let trusted = trust(&service, &app);
    let device = &trusted.json["device_token"];
    let remove = service.call("DELETE", "/me/totp").bearer(&trusted.token());
    remove.send().assert(204);
    AuthenticatorApp::set_up(&service, &trusted.token());
    log_in_from(&service, device).assert_problem(401, "second_factor_required");

    let (service, app, _) = with_app(&[]);
    let device = trust(&service, &app).json["device_token"].clone();
    let other = trust(&service, &app);
    let body = json!({ "current_password": PASSWORD, "new_password": PASSWORD });
    let change = service.call("PUT", "/me/password").json(&body);
    change.bearer(&other.token()).send().assert(204);
    log_in_from(&service, &device).assert_problem(401, "second_factor_required");
    log_in_from(&service, &other.json["device_token"]).assert(200);
}

#[test]
fn no_device_is_trusted_where_the_operator_switched_it_off() {
    let (service, app, _) = with_app(&["--trusted-device=off", "--rate-limits=on"]);
    let device = trust(&service, &app).json["device_token"].clone();
    log_in_from(&service, &device).assert_problem(401, "second_factor_required");
}
