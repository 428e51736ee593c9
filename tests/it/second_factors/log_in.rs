//! Logins with a second factor.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestService, assert_same_response,
    authenticator_app::{
        AuthenticatorApp, STEP, challenge_of, credentials, first_step, second_step,
    },
    count, send_at_once,
};

fn amr(service: &TestService) -> Vec<String> {
    let query = "SELECT amr AS text FROM sessions WHERE amr <> $1 AND amr <> $2 ORDER BY id";
    service.sql().texts(query, "", "-")
}

/// Returns a service with an account, its app, and its recovery codes.
fn with_app(flags: &[&str]) -> (TestService, AuthenticatorApp, Vec<String>) {
    let service = TestService::start_with(flags);
    let token = service.sign_up("minji");
    let (app, codes) = AuthenticatorApp::set_up(&service, &token);
    (service, app, codes)
}

#[test]
fn a_login_with_a_code_takes_two_calls() {
    let (service, app, _) = with_app(&[]);
    let first = service.post("/login", &credentials("minji")).send();
    let first = first.assert_problem(401, "second_factor_required");
    assert_eq!(first.json["methods"], json!(["totp", "recovery_code"]));
    assert!(first.lines("set-cookie").is_empty());
    assert_eq!(first.header("www-authenticate"), "Bearer");
    let challenge = challenge_of(&first);
    assert!(challenge.starts_with("dmx_") && challenge.len() == 47);
    assert_eq!(amr(&service), ["pwd"]);
    let spaced = app.code(&service);
    let spaced = format!(" {} {} ", &spaced[..3], &spaced[3..]);
    let done = second_step(&service, &challenge, &spaced)
        .send()
        .assert(200);
    service.get("/me").bearer(&done.token()).send().assert(200);
    assert_eq!(amr(&service), ["pwd", "pwd,otp,mfa"]);
}

#[test]
fn a_challenge_is_valid_for_one_login() {
    let (service, app, codes) = with_app(&[]);
    let challenge = first_step(&service, &credentials("minji"));
    second_step(&service, &challenge, &app.code(&service))
        .send()
        .assert(200);
    let again = json!({ "challenge": challenge, "recovery_code": codes[0] });
    let again = service.post("/login/second-factor", &again).send();
    again.assert_problem(410, "challenge_expired");
}

#[test]
fn a_challenge_lives_for_five_minutes() {
    let (service, app, _) = with_app(&[]);
    let challenge = first_step(&service, &credentials("minji"));
    let other = first_step(&service, &credentials("minji"));
    service.pass_almost(Duration::from_mins(5));
    second_step(&service, &challenge, &app.code(&service))
        .send()
        .assert(200);
    service.pass(Duration::from_micros(1));
    service.pass(STEP);
    let late = second_step(&service, &other, &app.code(&service)).send();
    late.assert_problem(410, "challenge_expired");
}

#[test]
fn a_challenge_has_five_tries_and_the_owner_learns_that_they_were_used() {
    let service = TestService::start_with_mail(&[]);
    let token = service.sign_up("minji");
    service.sql().run("UPDATE users SET email_verified = true");
    let (app, _) = AuthenticatorApp::set_up(&service, &token);
    let challenge = first_step(&service, &credentials("minji"));
    for _ in 0..5 {
        let wrong = second_step(&service, &challenge, &app.wrong_code(&service)).send();
        wrong.assert_problem(422, "code_invalid");
    }
    let right = second_step(&service, &challenge, &app.code(&service)).send();
    right.assert_problem(410, "challenge_expired");
    let kinds = service.mailbox().kinds();
    let notices = kinds.iter().filter(|kind| *kind == "second_factor_guessed");
    assert_eq!(notices.count(), 1, "{kinds:?}");
}

#[test]
fn a_recovery_code_logs_in_once() {
    let (service, _, codes) = with_app(&[]);
    let log_in = |code: &str| {
        let challenge = first_step(&service, &credentials("minji"));
        let body = json!({ "challenge": challenge, "recovery_code": code });
        service.post("/login/second-factor", &body).send()
    };
    let typed = codes[0].to_uppercase().replace('-', " ");
    log_in(&typed).assert(200);
    log_in(&codes[0]).assert_problem(422, "code_invalid");
    log_in(&codes[1]).assert(200);
    assert_eq!(amr(&service)[1..], ["pwd,otp,mfa", "pwd,otp,mfa"]);
}

#[test]
fn one_code_logs_in_one_of_two_racing_clients() {
    let (service, app, codes) = with_app(&["--rate-limits=on"]);
    for _round in 0..3 {
        let challenges: Vec<_> = (0..4)
            .map(|_| first_step(&service, &credentials("minji")))
            .collect();
        let code = app.code(&service);
        let calls = challenges
            .iter()
            .map(|challenge| second_step(&service, challenge, &code));
        let replies = send_at_once(calls);
        assert_eq!([count(&replies, 200), count(&replies, 422)], [1, 3]);
        service.pass(STEP);
    }
    let challenge = first_step(&service, &credentials("minji"));
    let calls = codes[..4].iter().map(|code| {
        let body = json!({ "challenge": challenge, "recovery_code": code });
        service.post("/login/second-factor", &body)
    });
    let replies = send_at_once(calls.collect::<Vec<_>>());
    assert_eq!([count(&replies, 200), count(&replies, 410)], [1, 3]);
}

#[test]
fn a_challenge_ends_when_the_account_changes() {
    let (service, app, _) = with_app(&[]);
    let expires_after = |change: &dyn Fn(&str)| {
        let challenge = first_step(&service, &credentials("minji"));
        let session = first_step(&service, &credentials("minji"));
        let code = app.code(&service);
        let token = second_step(&service, &session, &code)
            .send()
            .assert(200)
            .token();
        change(&token);
        service.pass(STEP);
        let late = second_step(&service, &challenge, &app.code(&service)).send();
        late.assert_problem(410, "challenge_expired");
        service.pass(STEP);
    };
    expires_after(&|token| {
        let same = json!({ "current_password": PASSWORD, "new_password": PASSWORD });
        let change = service.call("PUT", "/me/password").json(&same);
        change.bearer(token).send().assert(204);
    });
    expires_after(&|token| {
        let renew = service.post("/me/recovery-codes", &json!({}));
        renew.bearer(token).send().assert(200);
    });
    expires_after(&|_| service.sql().run("UPDATE users SET disabled = true"));
    let disabled = service.post("/login", &credentials("minji")).send();
    disabled.assert_problem(403, "account_disabled");
}

#[test]
fn unknown_challenges_are_refused_alike() {
    let (service, app, _) = with_app(&[]);
    let code = app.code(&service);
    let unknown = format!("dmx_{}", "A".repeat(43));
    let replies = ["", "dmx_", "dms_short", unknown.as_str()].map(|challenge| {
        let reply = second_step(&service, challenge, &code).send();
        reply.assert_problem(410, "challenge_expired")
    });
    assert_same_response(&replies);
}

#[test]
fn the_second_step_takes_one_factor() {
    let (service, app, codes) = with_app(&[]);
    let challenge = first_step(&service, &credentials("minji"));
    let reasons = |body: Value| {
        let reply = service.post("/login/second-factor", &body).send();
        let reply = reply.assert_problem(422, "validation_failed");
        let errors = reply.json["errors"].as_array().unwrap().clone();
        let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
        errors
            .iter()
            .map(|error| (text(error, "field"), text(error, "code")))
            .collect::<Vec<_>>()
    };
    let none = reasons(json!({ "challenge": challenge }));
    assert!(none.iter().all(|(_, code)| code == "required"), "{none:?}");
    assert_eq!(none[0].0, "code");
    let both = json!({
        "challenge": challenge, "code": app.code(&service), "recovery_code": codes[0],
    });
    let both = reasons(both);
    assert!(
        both.iter().all(|(_, code)| code == "conflicting_field"),
        "{both:?}"
    );
    // Nothing was consumed.
    second_step(&service, &challenge, &app.code(&service))
        .send()
        .assert(200);
}

#[test]
fn the_second_step_has_the_transport_of_the_first() {
    let (service, app, _) = with_app(&[]);
    let mut body = credentials("minji");
    body["transport"] = json!("cookie");
    body["remember"] = json!(true);
    let challenge = first_step(&service, &body);
    let send = |site: &str| {
        let call = second_step(&service, &challenge, &app.code(&service));
        call.header("sec-fetch-site", site).send()
    };
    send("cross-site").assert_problem(400, "cross_site_cookie");
    send("same-site").assert_problem(403, "origin_not_allowed");
    let reply = send("same-origin").assert(200);
    assert_eq!(reply.json["session"]["token"], Value::Null);
    let until = service.time_in(Duration::from_hours(24 * 14));
    assert_eq!(reply.json["session"]["expires_at"], until);
    let cookie = reply.cookie();
    service.get("/me").cookie(&cookie).send().assert(200);
}
