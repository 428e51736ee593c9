//! `POST /login/passkey`.

use std::time::Duration;

use serde_json::json;

use super::{
    account_with_passkey, authenticator, factors, log_in, log_in_options, register, send_log_in,
    start,
};
use crate::support::{PASSWORD, TestService, assert_same_response, integrations};

#[test]
fn a_passkey_opens_a_session_with_both_factors() {
    let service = start();
    let (token, phone) = account_with_passkey(&service, "minji");
    let started = log_in_options(&service);
    assert_eq!(started["options"]["allowCredentials"], json!([]));
    assert_eq!(started["options"]["userVerification"], "required");
    assert_eq!(started["options"]["rpId"], "app.example.com");
    let credential = phone.get(&started["options"]);
    let reply = send_log_in(&service, &started["ceremony"], &credential).assert(200);
    assert_eq!(reply.json["user"]["username"], "minji");
    let me = service.get("/me").bearer(&reply.token()).send();
    me.assert(200);
    let used = &factors(&service, &token)["passkeys"][0]["last_used_at"];
    assert_eq!(*used, service.time_in(Duration::ZERO));
}

#[test]
fn amr_says_whether_the_passkey_is_backed_up() {
    let service = start();
    for (name, is_backed_up, amr) in [
        ("hardware", false, json!(["hwk", "mfa"])),
        ("synced", true, json!(["swk", "mfa"])),
    ] {
        let token = service.sign_up(name);
        let mut passkey = authenticator();
        passkey.is_backup_eligible = is_backed_up;
        passkey.is_backed_up = is_backed_up;
        register(&service, &token, &mut passkey).assert(201);
        let token = log_in(&service, &passkey).assert(200).token();
        let issued = service.call("POST", "/token").bearer(&token).send();
        let issued = issued.assert(200).json["access_token"].clone();
        let claims = integrations::claims(issued.as_str().unwrap());
        assert_eq!(claims["amr"], amr);
    }
}

#[test]
fn a_cookie_login_sets_the_cookies_and_returns_no_token() {
    let service = start();
    let (_token, phone) = account_with_passkey(&service, "minji");
    let started = log_in_options(&service);
    let body = json!({
        "ceremony": started["ceremony"], "credential": phone.get(&started["options"]),
        "transport": "cookie", "remember": true
    });
    let call = service.post("/login/passkey", &body);
    let reply = call.send().assert(200);
    assert!(reply.json["session"].get("token").is_none());
    assert!(reply.lines("set-cookie")[0].starts_with("__Host-daemun="));
}

#[test]
fn a_login_with_the_password_asks_for_the_passkey() {
    let service = start();
    account_with_passkey(&service, "minji");
    let body = json!({ "identifier": "minji", "password": PASSWORD });
    let reply = service.post("/login", &body).send();
    let reply = reply.assert_problem(401, "second_factor_required");
    assert_eq!(reply.json["methods"], json!(["passkey", "recovery_code"]));
}

#[test]
fn every_rejected_passkey_gets_the_same_response() {
    let service = start();
    let (_token, phone) = account_with_passkey(&service, "minji");
    let (_token, removed) = account_with_passkey(&service, "deleted");
    log_in(&service, &removed).assert(200);
    let deleted = service
        .command()
        .args(["user", "delete", "deleted", "--yes"])
        .output();
    assert!(deleted.unwrap().status.success());
    let mut unknown = authenticator();
    unknown.user_handle.clone_from(&phone.user_handle);
    let replies = [
        log_in(&service, &unknown),
        log_in(&service, &removed),
        send_log_in(&service, &json!("dmp_none"), &json!({})),
        send_log_in(&service, &log_in_options(&service)["ceremony"], &json!({})),
    ];
    assert_same_response(&replies);
    assert_eq!(replies[0].json["code"], "passkey_invalid");
}

#[test]
fn a_disabled_account_is_named_only_after_a_valid_signature() {
    let service = start();
    let (_token, mut phone) = account_with_passkey(&service, "minji");
    let disabled = service
        .command()
        .args(["user", "disable", "minji"])
        .output();
    assert!(disabled.unwrap().status.success());
    log_in(&service, &phone).assert_problem(403, "account_disabled");
    phone.is_user_verified = false;
    log_in(&service, &phone).assert_problem(422, "passkey_invalid");
}

#[test]
fn failed_logins_are_reset_by_a_login_with_a_passkey() {
    let flags = ["--public-url=https://app.example.com", "--rate-limits=on"];
    let service = TestService::start_with(&flags);
    let (_token, phone) = account_with_passkey(&service, "minji");
    let wrong = json!({ "identifier": "minji", "password": "wrong" });
    for _ in 0..5 {
        service.post("/login", &wrong).send().assert(401);
    }
    service.post("/login", &wrong).send().assert(429);
    log_in(&service, &phone).assert(200);
    service.post("/login", &wrong).send().assert(401);
}
