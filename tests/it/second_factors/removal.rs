//! `DELETE /me/totp`, and the deletion of an account.

use serde_json::{Value, json};

use super::{begin_totp, mails, overview, verify_totp, with_mail};
use crate::support::{PASSWORD, Reply, TestService, authenticator_app::AuthenticatorApp};

fn remove(service: &TestService, token: &str) -> Reply {
    service.call("DELETE", "/me/totp").bearer(token).send()
}

#[test]
fn last_factor_takes_recovery_codes_and_trust_along() {
    let (service, token) = with_mail(&["--rate-limits=on"]);
    AuthenticatorApp::set_up(&service, &token);
    service
        .sql()
        .run("UPDATE devices SET trusted_until = expires_at");
    remove(&service, &token).assert(204);
    let after = overview(&service, &token);
    assert_eq!(after["totp"], Value::Null);
    assert_eq!(after["recovery_codes_left"], 0);
    let trusted = "SELECT count(*) AS number FROM devices WHERE trusted_until > 0";
    assert_eq!(service.sql().numbers(trusted), [0]);
    assert_eq!(mails(&service, "totp_disabled"), 1);
    let body = json!({ "identifier": "minji", "password": PASSWORD });
    service.post("/login", &body).send().assert(200);
    // Another app can be set up at once.
    let (_app, codes) = AuthenticatorApp::set_up(&service, &token);
    assert_eq!(codes.len(), 10);
}

#[test]
fn removal_without_an_app_changes_nothing() {
    let (service, token) = with_mail(&[]);
    remove(&service, &token).assert(204);
    let (app, _) = begin_totp(&service, &token);
    remove(&service, &token).assert(204);
    let ended = verify_totp(&service, &token, &app.code(&service)).send();
    ended.assert_problem(409, "totp_not_started");
    assert_eq!(mails(&service, "totp_disabled"), 0);
}

#[test]
fn deleted_account_leaves_no_factor() {
    let service = TestService::start();
    let token = service.sign_up("minji");
    AuthenticatorApp::set_up(&service, &token);
    service.sql().run("DELETE FROM users");
    for table in ["totp_secrets", "recovery_codes", "second_factors"] {
        let query = format!("SELECT count(*) AS number FROM {table}");
        assert_eq!(service.sql().numbers(&query), [0], "{table}");
    }
}
