//! `PUT /me/email`: changes of an account's address.

use std::time::Duration;

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, TestService, assert_same_response, wait_until};

const NEW: &str = "new@example.com";

fn change(service: &TestService, token: &str, email: &str) -> Reply {
    let body = json!({ "email": email });
    let call = service.call("PUT", "/me/email").bearer(token);
    call.json(&body).send()
}

fn verify(service: &TestService, token: &str, body: &Value) -> Reply {
    service.post("/email/verify", body).bearer(token).send()
}

fn email(service: &TestService, token: &str) -> (String, bool) {
    let me = service.get("/me").bearer(token).send().assert(200).json;
    (
        me["email"].as_str().unwrap().to_owned(),
        me["email_verified"] == true,
    )
}

/// Creates an account with a verified address. Returns its token.
fn verified(service: &TestService, name: &str) -> String {
    let token = service.sign_up(name);
    let code = service
        .mailbox()
        .code(Purpose::VerifyEmail, &format!("{name}@example.com"));
    verify(service, &token, &json!({ "code": code })).assert(200);
    token
}

#[test]
fn the_address_changes_only_after_verification() {
    let service = TestService::start_with_mail(&[]);
    let minji = verified(&service, "minji");
    let reply = change(&service, &minji, "New@example.com").assert(202);
    assert_eq!(reply.json, json!({ "status": "verification_required" }));
    assert_eq!(email(&service, &minji), ("minji@example.com".into(), true));
    let mailbox = service.mailbox();
    assert_eq!(
        mailbox.kinds()[1..],
        ["change_email", "email_change_requested"]
    );
    let code = mailbox.code(Purpose::ChangeEmail, NEW);
    let reply = verify(&service, &minji, &json!({ "code": code })).assert(200);
    assert_eq!(reply.json["email"], "New@example.com");
    assert_eq!(email(&service, &minji), ("New@example.com".into(), true));
    assert_eq!(mailbox.kinds()[3..], ["email_changed"]);
    let body = |identifier: &str| json!({ "identifier": identifier, "password": PASSWORD });
    service.post("/login", &body(NEW)).send().assert(200);
    service
        .post("/login", &body("minji@example.com"))
        .send()
        .assert(401);
    // The old address is free again.
    let other = json!({ "username": "other", "email": "minji@example.com", "password": PASSWORD });
    service.post("/signup", &other).send().assert(201);
}

#[test]
fn without_a_session_the_link_requires_the_password() {
    let service = TestService::start_with_mail(&[]);
    let minji = verified(&service, "minji");
    let other = service.sign_up("other");
    change(&service, &minji, NEW).assert(202);
    let token = service.mailbox().token(Purpose::ChangeEmail, NEW);
    verify(&service, &other, &json!({ "token": token })).assert_problem(410, "token_invalid");
    let wrong = json!({ "token": token, "password": "wrong" });
    service
        .post("/email/verify", &wrong)
        .send()
        .assert_problem(401, "invalid_credentials");
    let right = json!({ "token": token, "password": PASSWORD });
    // With a password, the session of another account does not matter.
    verify(&service, &other, &right).assert(200);
    assert_eq!(email(&service, &minji), (NEW.into(), true));
}

#[test]
fn a_taken_address_looks_alike_and_its_owner_is_notified() {
    let service = TestService::start_with_mail(&[]);
    let minji = service.sign_up("minji");
    service.sign_up("taken");
    let replies =
        [NEW, "taken@example.com"].map(|email| change(&service, &minji, email).assert(202));
    assert_same_response(&replies);
    let mailbox = service.mailbox();
    assert_eq!(mailbox.kinds()[2..], ["change_email", "account_exists"]);
    // That code was never sent, so it is never accepted.
    let code = mailbox.code(Purpose::ChangeEmail, "taken@example.com");
    verify(&service, &minji, &json!({ "code": code })).assert_problem(422, "code_invalid");
    let token = mailbox.token(Purpose::ChangeEmail, "taken@example.com");
    verify(&service, &minji, &json!({ "token": token })).assert_problem(409, "email_taken");
    assert_eq!(email(&service, &minji).0, "minji@example.com");
}

#[test]
fn an_address_taken_in_the_meantime_is_reported() {
    let service = TestService::start_with_mail(&[]);
    let minji = service.sign_up("minji");
    change(&service, &minji, NEW).assert(202);
    let token = service.mailbox().token(Purpose::ChangeEmail, NEW);
    service.sign_up("new");
    let reply = verify(&service, &minji, &json!({ "token": token }));
    assert_eq!(
        reply.assert_problem(409, "email_taken").refused(),
        ["email email_taken"]
    );
    assert_eq!(email(&service, &minji).0, "minji@example.com");
}

#[test]
fn only_the_newest_change_is_valid_and_a_password_change_voids_it() {
    let service = TestService::start_with_mail(&[]);
    let minji = service.sign_up("minji");
    change(&service, &minji, NEW).assert(202);
    let mailbox = service.mailbox();
    let older = mailbox.token(Purpose::ChangeEmail, NEW);
    change(&service, &minji, "newer@example.com").assert(202);
    verify(&service, &minji, &json!({ "token": older })).assert_problem(410, "token_invalid");
    let newer = mailbox.token(Purpose::ChangeEmail, "newer@example.com");
    let body = json!({ "current_password": PASSWORD, "new_password": "Another-Staple-8-lantern" });
    let call = service.call("PUT", "/me/password").bearer(&minji);
    call.json(&body).send().assert(204);
    verify(&service, &minji, &json!({ "token": newer })).assert_problem(410, "token_invalid");
}

#[test]
fn challenges_of_the_old_mailbox_are_void_after_the_change() {
    let service = TestService::start_with_mail(&[]);
    let minji = service.sign_up("minji");
    let mailbox = service.mailbox();
    let forgot = json!({ "email": "minji@example.com" });
    service.post("/password/forgot", &forgot).send().assert(202);
    wait_until(|| mailbox.count(Purpose::ResetPassword, "minji@example.com") == 1);
    let reset = mailbox.token(Purpose::ResetPassword, "minji@example.com");
    let old = mailbox.token(Purpose::VerifyEmail, "minji@example.com");
    change(&service, &minji, NEW).assert(202);
    let token = mailbox.token(Purpose::ChangeEmail, NEW);
    verify(&service, &minji, &json!({ "token": token })).assert(200);
    let body = json!({ "token": reset, "new_password": "Another-Staple-8-lantern" });
    service
        .post("/password/reset", &body)
        .send()
        .assert_problem(410, "token_invalid");
    verify(&service, &minji, &json!({ "token": old })).assert_problem(410, "token_invalid");
}

#[test]
fn a_change_requires_a_confirmed_session() {
    let service = TestService::start_with_mail(&[]);
    let minji = service.sign_up("minji");
    service.pass(Duration::from_mins(10));
    change(&service, &minji, NEW).assert_problem(403, "confirmation_required");
    let call = service.call("PUT", "/me/email");
    let anonymous = call.json(&json!({ "email": NEW })).send();
    anonymous.assert_problem(401, "not_authenticated");
    assert_eq!(service.mailbox().kinds(), ["verify_email"]);
    service.confirm(&minji);
    change(&service, &minji, NEW).assert(202);
}

#[test]
fn an_unverified_change_expires_after_a_day() {
    let service = TestService::start_with_mail(&[]);
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD, "remember": true });
    let minji = service.post("/signup", &body).send().assert(201).token();
    change(&service, &minji, NEW).assert(202);
    let mailbox = service.mailbox();
    let code = mailbox.code(Purpose::ChangeEmail, NEW);
    let token = mailbox.token(Purpose::ChangeEmail, NEW);
    service.pass(Duration::from_mins(15));
    verify(&service, &minji, &json!({ "code": code })).assert_problem(422, "code_invalid");
    service.pass(Duration::from_mins(24 * 60 - 15));
    verify(&service, &minji, &json!({ "token": token })).assert_problem(410, "token_invalid");
}
