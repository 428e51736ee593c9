//! `POST /me/totp` and `POST /me/totp/verify`.

use std::{collections::HashSet, time::Duration};

use serde_json::{Value, json};

use super::{begin_totp, mails, overview, verify_totp, with_mail};
use crate::support::{
    PASSWORD, TestService, authenticator_app::AuthenticatorApp, count, send_at_once,
};

const LIFE: Duration = Duration::from_mins(10);

fn log_in(service: &TestService) -> String {
    let body = json!({ "identifier": "minji", "password": PASSWORD });
    service.post("/login", &body).send().assert(200).token()
}

#[test]
fn app_is_enabled_with_one_of_its_codes() {
    let (service, token) = with_mail(&[]);
    let (app, setup) = begin_totp(&service, &token);
    assert_eq!(setup["secret"].as_str().unwrap().len(), 32);
    assert_eq!(overview(&service, &token)["totp"], Value::Null);
    let reply = verify_totp(&service, &token, &app.code(&service));
    let reply = reply.send().assert(200);
    assert_eq!(reply.header("cache-control"), "no-store");
    let codes: HashSet<String> =
        serde_json::from_value(reply.json["recovery_codes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    let groups = |code: &str| code.split('-').map(str::len).collect::<Vec<_>>();
    assert!(codes.iter().all(|code| groups(code) == [4; 6]), "{codes:?}");
    let overview = overview(&service, &token);
    assert_eq!(
        overview["totp"]["enabled_at"],
        service.time_in(Duration::ZERO)
    );
    assert_eq!(overview["recovery_codes_left"], 10);
    assert_eq!(mails(&service, "totp_enabled"), 1);
}

#[test]
fn uri_names_the_app_or_its_host_and_the_account() {
    for (flags, issuer) in [
        (&["--app-name=R&D 연구소"][..], "R&D 연구소"),
        (&["--public-url=https://app.example.com"], "app.example.com"),
        (&[], "daemun"),
    ] {
        let service = TestService::start_with(flags);
        let account =
            json!({ "username": "민지", "email": "minji@example.com", "password": PASSWORD });
        let token = service.post("/signup", &account).send().assert(201).token();
        let (app, _) = begin_totp(&service, &token);
        assert_eq!(app.names(), (issuer, "민지"));
    }
}

#[test]
fn codes_are_typed_with_blanks_hyphens_and_digits_of_any_script() {
    for form in [
        |code: &str| format!(" {}\u{a0}{} ", &code[..3], &code[3..]),
        |code: &str| format!("{}-{}", &code[..3], &code[3..]),
        |code: &str| code.chars().filter_map(full_width).collect(),
    ] {
        let service = TestService::start();
        let token = service.sign_up("minji");
        let (app, _) = begin_totp(&service, &token);
        let typed = form(&app.code(&service));
        verify_totp(&service, &token, &typed).send().assert(200);
    }
}

fn full_width(digit: char) -> Option<char> {
    char::from_u32(u32::from('\u{ff10}') + digit.to_digit(10)?)
}

#[test]
fn codes_are_valid_one_step_either_way() {
    for (offset, status) in [(-60, 422), (-30, 200), (0, 200), (30, 200), (60, 422)] {
        let service = TestService::start();
        let token = service.sign_up("minji");
        let (app, _) = begin_totp(&service, &token);
        let seconds = Duration::from_secs(i64::unsigned_abs(offset));
        let now = service.now();
        let time = if offset < 0 {
            now.minus(seconds)
        } else {
            now.plus(seconds)
        };
        let reply = verify_totp(&service, &token, &app.code_at(time)).send();
        assert_eq!(reply.status, status, "{offset}: {}", reply.text);
    }
}

#[test]
fn setup_expires_after_ten_minutes() {
    let service = TestService::start();
    let token = service.sign_up("minji");
    let (app, _) = begin_totp(&service, &token);
    service.pass(LIFE);
    let late = verify_totp(&service, &token, &app.code(&service)).send();
    late.assert_problem(409, "totp_not_started");
    service.confirm(&token);
    let (app, _) = begin_totp(&service, &token);
    service.pass_almost(LIFE);
    let in_time = verify_totp(&service, &token, &app.code(&service));
    in_time.send().assert(200);
}

#[test]
fn setup_belongs_to_its_session() {
    let service = TestService::start();
    let (token, stranger) = (service.sign_up("minji"), service.sign_up("stranger"));
    let other = log_in(&service);
    let none = verify_totp(&service, &token, "123456").send();
    none.assert_problem(409, "totp_not_started");
    let (app, _) = begin_totp(&service, &token);
    let code = app.code(&service);
    for foreign in [&other, &stranger] {
        let reply = verify_totp(&service, foreign, &code).send();
        reply.assert_problem(409, "totp_not_started");
    }
    verify_totp(&service, &token, &code).send().assert(200);
}

#[test]
fn new_setup_replaces_a_pending_one() {
    let service = TestService::start();
    let token = service.sign_up("minji");
    let (old, _) = begin_totp(&service, &token);
    let other = log_in(&service);
    let (new, _) = begin_totp(&service, &other);
    let replaced = verify_totp(&service, &token, &old.code(&service)).send();
    replaced.assert_problem(409, "totp_not_started");
    let replaced = verify_totp(&service, &other, &old.code(&service)).send();
    replaced.assert_problem(422, "code_invalid");
    verify_totp(&service, &other, &new.code(&service))
        .send()
        .assert(200);
}

#[test]
fn enabled_app_is_not_replaced() {
    let service = TestService::start();
    let token = service.sign_up("minji");
    let (app, _) = AuthenticatorApp::set_up(&service, &token);
    let again = service.post("/me/totp", &json!({})).bearer(&token).send();
    again.assert_problem(409, "totp_already_enabled");
    let code = app.code(&service);
    let again = verify_totp(&service, &token, &code).send();
    again.assert_problem(409, "totp_already_enabled");
}

#[test]
fn one_of_many_verifications_at_once_enables_the_app() {
    let (service, token) = with_mail(&[]);
    let (app, _) = begin_totp(&service, &token);
    let code = app.code(&service);
    let replies = send_at_once((0..8).map(|_| verify_totp(&service, &token, &code)));
    assert_eq!(count(&replies, 200), 1);
    assert_eq!(count(&replies, 409), 7);
    assert_eq!(overview(&service, &token)["recovery_codes_left"], 10);
    assert_eq!(mails(&service, "totp_enabled"), 1);
}

#[test]
fn wrong_codes_are_limited_for_the_account() {
    let service = TestService::start_with(&["--rate-limits=on", "--limit-network-failures=1000"]);
    let token = service.sign_up("minji");
    let (app, _) = begin_totp(&service, &token);
    let wrong = app.wrong_code(&service);
    for _try in 0..10 {
        let reply = verify_totp(&service, &token, &wrong).send();
        reply.assert_problem(422, "code_invalid");
    }
    let right = app.code(&service);
    for code in [&wrong, &right] {
        let reply = verify_totp(&service, &token, code).send();
        reply.assert_problem(429, "too_many_requests");
    }
    // Other accounts are not refused.
    let other = service.sign_up("other");
    AuthenticatorApp::set_up(&service, &other);
    service.pass(Duration::from_mins(2));
    let right = app.code(&service);
    verify_totp(&service, &token, &right).send().assert(200);
}

#[test]
fn secret_is_stored_sealed() {
    let service = TestService::start();
    let token = service.sign_up("minji");
    begin_totp(&service, &token);
    let lengths = service
        .sql()
        .numbers("SELECT CAST(length(sealed_secret) AS BIGINT) AS number FROM totp_secrets");
    // A nonce of 12 bytes, the secret of 20 and a tag of 16.
    assert_eq!(lengths, [12 + 20 + 16]);
}

#[test]
fn a_session_that_is_revoked_meanwhile_enables_no_app() {
    let service = TestService::start();
    let token = service.sign_up("minji");
    service.confirm_before_next_touch(&token);
    let (app, _) = begin_totp(&service, &token);
    service.pass(Duration::from_mins(1));
    let body = json!({ "code": app.code(&service) });
    let reply = service.send_after_revocation("/me/totp/verify", &token, &body);
    reply.assert_problem(401, "not_authenticated");
    let query = "SELECT count(*) AS number FROM totp_secrets WHERE enabled_at > 0";
    assert_eq!(service.sql().numbers(query), [0]);
}
