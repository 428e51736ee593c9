//! Guesses at second factors by clients with the password.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Reply, TestService,
    authenticator_app::{AuthenticatorApp, STEP, challenge_of, credentials, first_step},
    guesses::{assert_waits, from_anywhere, guess, log_in, refused, start_with},
    wait_until,
};

const MINUTE: Duration = Duration::from_mins(1);

/// Returns a service with an account, its app, and the device token of its signup.
fn with_app(flags: &[&str]) -> (TestService, AuthenticatorApp, Value) {
    let service = start_with(flags);
    let account = json!({
        "username": "minji", "email": "minji@example.com", "password": crate::support::PASSWORD,
    });
    let signed_up = from_anywhere(service.post("/signup", &account))
        .send()
        .assert(201);
    let (app, _) = AuthenticatorApp::set_up(&service, &signed_up.token());
    (service, app, signed_up.json["device_token"].clone())
}

/// Logs in from anywhere, with the password and this code.
fn try_code(service: &TestService, device: &Value, code: &str) -> Reply {
    let mut body = credentials("minji");
    body["device_token"] = device.clone();
    let first = log_in(service, &body).assert_problem(401, "second_factor_required");
    let second = json!({ "challenge": challenge_of(&first), "code": code });
    from_anywhere(service.post("/login/second-factor", &second)).send()
}

#[test]
fn wrong_codes_are_counted_for_the_account_beyond_each_challenge() {
    let (service, app, device) = with_app(&[]);
    for _ in 0..5 {
        let wrong = app.wrong_code(&service);
        try_code(&service, &Value::Null, &wrong).assert_problem(422, "code_invalid");
    }
    assert_waits(
        try_code(&service, &Value::Null, &app.code(&service)),
        MINUTE,
    );
    // A recognized device waits for its own failures only.
    try_code(&service, &device, &app.code(&service)).assert(200);
    service.pass(MINUTE);
    try_code(&service, &Value::Null, &app.code(&service)).assert(200);
}

#[test]
fn wrong_codes_of_several_challenges_are_reported_to_the_owner() {
    let flags = ["--rate-limits=on", "--limit-network-failures=1000"];
    let service = TestService::start_with_mail(&flags);
    let token = service.sign_up("minji");
    service.sql().run("UPDATE users SET email_verified = true");
    let (app, _) = AuthenticatorApp::set_up(&service, &token);
    let try_code = |code: &str| {
        let challenge = first_step(&service, &credentials("minji"));
        let body = json!({ "challenge": challenge, "code": code });
        service.post("/login/second-factor", &body).send()
    };
    for _ in 0..4 {
        try_code(&app.wrong_code(&service)).assert_problem(422, "code_invalid");
    }
    assert_eq!(super::mails(&service, "second_factor_guessed"), 0);
    try_code(&app.wrong_code(&service)).assert_problem(422, "code_invalid");
    wait_until(|| super::mails(&service, "second_factor_guessed") == 1);
}

#[test]
fn a_refused_try_leaves_the_challenge() {
    let (service, app, _) = with_app(&[]);
    for _ in 0..5 {
        let wrong = app.wrong_code(&service);
        try_code(&service, &Value::Null, &wrong).assert(422);
    }
    let first = log_in(&service, &credentials("minji")).assert(401);
    let second = |code: &str| {
        let body = json!({ "challenge": challenge_of(&first), "code": code });
        from_anywhere(service.post("/login/second-factor", &body)).send()
    };
    for _ in 0..6 {
        assert_eq!(second(&app.wrong_code(&service)).status, 429);
    }
    service.pass(MINUTE);
    second(&app.code(&service)).assert(200);
}

#[test]
fn one_hundred_wrong_codes_in_a_row_leave_recognized_devices_only() {
    let (service, app, device) = with_app(&["--limit-account-failures=20"]);
    for _ in 0..20 {
        let wrong = app.wrong_code(&service);
        try_code(&service, &Value::Null, &wrong).assert_problem(422, "code_invalid");
        service.pass(Duration::from_mins(15));
    }
    let locked = refused(try_code(&service, &Value::Null, &app.code(&service)));
    assert_eq!(locked.1, "account-failures");
    try_code(&service, &device, &app.code(&service)).assert(200);
    // A complete login resets the failures.
    service.pass(STEP);
    try_code(&service, &Value::Null, &app.code(&service)).assert(200);
}

#[test]
fn a_right_password_resets_no_failures_before_the_second_factor() {
    let (service, app, _) = with_app(&[]);
    for _ in 0..4 {
        guess(&service, "minji").assert(401);
    }
    for _ in 0..3 {
        log_in(&service, &credentials("minji")).assert_problem(401, "second_factor_required");
    }
    guess(&service, "minji").assert_problem(401, "invalid_credentials");
    assert_waits(log_in(&service, &credentials("minji")), MINUTE);
    service.pass(MINUTE);
    try_code(&service, &Value::Null, &app.code(&service)).assert(200);
    for _ in 0..5 {
        guess(&service, "minji").assert_problem(401, "invalid_credentials");
    }
}

#[test]
fn open_challenges_of_an_account_are_bounded() {
    let (service, app, device) = with_app(&[]);
    let first = log_in(&service, &credentials("minji"));
    let oldest = challenge_of(&first);
    // The login of a recognized device is counted apart.
    let mut recognized = credentials("minji");
    recognized["device_token"] = device;
    let own = challenge_of(&log_in(&service, &recognized));
    for _ in 0..105 {
        service.pass(Duration::from_millis(1));
        log_in(&service, &credentials("minji")).assert(401);
    }
    let mut sql = service.sql();
    assert_eq!(
        sql.numbers("SELECT count(*) AS number FROM second_factor_challenges"),
        [101]
    );
    let body = json!({ "challenge": own, "code": app.code(&service) });
    let reply = service.post("/login/second-factor", &body).send();
    reply.assert(200);
    service.pass(STEP);
    let body = json!({ "challenge": oldest, "code": app.code(&service) });
    let reply = service.post("/login/second-factor", &body).send();
    reply.assert_problem(410, "challenge_expired");
    let newest = first_step(&service, &credentials("minji"));
    let body = json!({ "challenge": newest, "code": app.code(&service) });
    service
        .post("/login/second-factor", &body)
        .send()
        .assert(200);
}
