//! Password resets of accounts with a second factor.

use serde_json::{Value, json};

use crate::support::{
    Reply, TestService,
    authenticator_app::{AuthenticatorApp, challenge_of, second_step},
    wait_until,
};

const EMAIL: &str = "minji@example.com";
const NEW: &str = "Another-Staple-8-lantern";

fn reset(service: &TestService) -> (Value, Reply) {
    let token = service.request_password_reset(EMAIL);
    let body = json!({ "token": token, "new_password": NEW, "transport": "token" });
    let reply = service.post("/password/reset", &body).send();
    (body, reply)
}

#[test]
fn the_first_proof_of_the_mailbox_removes_the_factors_that_a_stranger_set_up() {
    let service = TestService::start_with_mail(&[]);
    let stranger = service.sign_up("minji");
    AuthenticatorApp::set_up(&service, &stranger);
    let (_, reply) = reset(&service);
    let owner = reply.assert(200).token();
    service.get("/me").bearer(&stranger).send().assert(401);
    let factors = service.get("/me/second-factors").bearer(&owner);
    let factors = factors.send().assert(200).json;
    assert_eq!(factors["totp"], Value::Null);
    assert_eq!(factors["recovery_codes_left"], 0);
    let log_in = json!({ "identifier": "minji", "password": NEW });
    service.post("/login", &log_in).send().assert(200);
    wait_until(|| super::mails(&service, "second_factors_reset") == 1);
}

#[test]
fn a_reset_of_a_verified_account_keeps_its_factors_and_asks_for_one() {
    let service = TestService::start_with_mail(&[]);
    let token = service.sign_up("minji");
    service.sql().run("UPDATE users SET email_verified = true");
    let (app, _) = AuthenticatorApp::set_up(&service, &token);
    let (body, reply) = reset(&service);
    let reply = reply.assert_problem(401, "second_factor_required");
    // The password is changed and the token consumed.
    let again = service.post("/password/reset", &body).send();
    again.assert_problem(410, "token_invalid");
    service.get("/me").bearer(&token).send().assert(401);
    let done = second_step(&service, &challenge_of(&reply), &app.code(&service));
    let session = done.send().assert(200).token();
    // A reset does not confirm the owner for changes of factors.
    let remove = service.call("DELETE", "/me/totp").bearer(&session);
    remove.send().assert_problem(403, "confirmation_required");
}
