//! `POST /me/recovery-codes`.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{mails, overview, with_mail};
use crate::support::{
    Reply, TestService,
    authenticator_app::{AuthenticatorApp, credentials, first_step},
    wait_until,
};

fn renew(service: &TestService, token: &str) -> Reply {
    let call = service.post("/me/recovery-codes", &json!({}));
    call.bearer(token).send()
}

#[test]
fn ten_new_codes_replace_the_old_ones() {
    let (service, token) = with_mail(&[]);
    let (_app, old) = AuthenticatorApp::set_up(&service, &token);
    let reply = renew(&service, &token).assert(200);
    let new: Vec<String> = serde_json::from_value(reply.json["recovery_codes"].clone()).unwrap();
    let all: HashSet<_> = old.iter().chain(&new).collect();
    assert_eq!(all.len(), 20);
    assert_eq!(overview(&service, &token)["recovery_codes_left"], 10);
    let stored = service
        .sql()
        .numbers("SELECT count(*) AS number FROM recovery_codes");
    assert_eq!(stored, [10]);
    assert_eq!(mails(&service, "recovery_codes_renewed"), 1);
}

#[test]
fn each_of_ten_used_codes_is_mailed() {
    let (service, token) = with_mail(&["--rate-limits=on"]);
    let (_app, codes) = AuthenticatorApp::set_up(&service, &token);
    for code in codes {
        let challenge = first_step(&service, &credentials("minji"));
        let body = json!({ "challenge": challenge, "recovery_code": code });
        let reply = service.post("/login/second-factor", &body).send();
        reply.assert(200);
    }
    wait_until(|| mails(&service, "recovery_code_used") == 10);
}

#[test]
fn account_without_a_second_factor_has_no_codes() {
    let service = TestService::start();
    let token = service.sign_up("minji");
    renew(&service, &token).assert_problem(409, "second_factor_not_set_up");
    let overview = overview(&service, &token);
    assert_eq!(overview["totp"], Value::Null);
    assert_eq!(overview["recovery_codes_left"], 0);
}
