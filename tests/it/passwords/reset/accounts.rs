//! The effects of resets and other changes on an account.

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use super::{NEW, forgot, log_in, reset};
use crate::support::{PASSWORD, Service, TestService, assert_same_response, wait_until};

#[test]
fn a_reset_locks_out_an_attacker_who_signed_up_with_the_address() {
    let service = TestService::start_with_mail(&[]);
    // An attacker signs up with the victim's address and prepares to keep the account.
    let body =
        json!({ "username": "stranger", "email": "victim@example.com", "password": PASSWORD });
    let stranger = service.post("/signup", &body).send().assert(201).token();
    let with = |method: &str, path: &str, body: &Value| {
        service
            .call(method, path)
            .bearer(&stranger)
            .json(body)
            .send()
    };
    let change = json!({ "email": "stranger@example.com" });
    with("PUT", "/me/email", &change).assert(202);
    let mailbox = service.mailbox();
    let pending = mailbox.token(Purpose::ChangeEmail, "stranger@example.com");
    let pending_code = mailbox.code(Purpose::ChangeEmail, "stranger@example.com");
    // The mailbox alone does not verify the address: the victim does not know the password.
    let link = mailbox.token(Purpose::VerifyEmail, "victim@example.com");
    let click = json!({ "token": link });
    service
        .post("/email/verify", &click)
        .send()
        .assert_problem(401, "not_authenticated");
    let guess = json!({ "token": link, "password": "my own password" });
    service
        .post("/email/verify", &guess)
        .send()
        .assert_problem(401, "invalid_credentials");
    // The victim takes over the account.
    reset(
        &service,
        &service.request_password_reset("victim@example.com"),
    )
    .assert(204);
    with("GET", "/me", &json!({})).assert_problem(401, "not_authenticated");
    log_in(&service, "stranger", PASSWORD).assert_problem(401, "invalid_credentials");
    let taken = json!({ "token": pending, "password": PASSWORD });
    service
        .post("/email/verify", &taken)
        .send()
        .assert_problem(410, "token_invalid");
    let victim = log_in(&service, "victim@example.com", NEW)
        .assert(200)
        .token();
    let taken = service.post("/email/verify", &json!({ "code": pending_code }));
    taken
        .bearer(&victim)
        .send()
        .assert_problem(422, "code_invalid");
    let me = service.get("/me").bearer(&victim).send().assert(200);
    assert_eq!(me.json["email"], "victim@example.com");
    assert_eq!(me.json["email_verified"], true);
}

#[test]
fn a_disabled_account_stays_disabled_after_a_reset() {
    let service = Service::start_with(&[("DAEMUN_MAIL_URL", "file://mail")]);
    let minji = service.sign_up("minji");
    let mailbox = service.mailbox();
    let ask = || {
        let body = json!({ "email": minji.email });
        service.post("/password/forgot", &body).send().assert(202);
        wait_until(|| mailbox.count(Purpose::ResetPassword, &minji.email) == 1);
        mailbox.token(Purpose::ResetPassword, &minji.email)
    };
    let reset = |token: &str| {
        let body = json!({ "token": token, "new_password": NEW });
        service.post("/password/reset", &body).send()
    };
    let before = ask();
    let disabled = service
        .command()
        .args(["user", "disable", "minji"])
        .output();
    assert!(disabled.unwrap().status.success());
    reset(&before).assert_problem(410, "token_invalid");
    reset(&ask()).assert(204);
    for (password, status, code) in [
        (PASSWORD, 401, "invalid_credentials"),
        (NEW, 403, "account_disabled"),
    ] {
        let body = json!({ "identifier": "minji", "password": password });
        service
            .post("/login", &body)
            .send()
            .assert_problem(status, code);
    }
}

#[test]
fn deleting_an_account_voids_its_links() {
    let service = TestService::start_with_mail(&[]);
    let minji = service.sign_up("minji");
    let token = service.request_password_reset("minji@example.com");
    let verification = service
        .mailbox()
        .token(Purpose::VerifyEmail, "minji@example.com");
    let call = service.call("DELETE", "/me").bearer(&minji);
    call.send().assert(204);
    reset(&service, &token).assert_problem(410, "token_invalid");
    let body = json!({ "token": verification, "password": PASSWORD });
    service
        .post("/email/verify", &body)
        .send()
        .assert_problem(410, "token_invalid");
    service.sign_up("minji");
    reset(&service, &token).assert_problem(410, "token_invalid");
}

#[test]
fn a_password_change_voids_links_and_notifies_a_verified_mailbox() {
    let service = TestService::start_with_mail(&[]);
    let minji = service.sign_up("minji");
    let mailbox = service.mailbox();
    let change = |from: &str, to: &str| {
        let call = service.call("PUT", "/me/password").bearer(&minji);
        let body = json!({ "current_password": from, "new_password": to });
        call.json(&body).send().assert(204);
    };
    let reported = || {
        mailbox
            .kinds()
            .iter()
            .filter(|kind| *kind == "password_changed")
            .count()
    };
    let token = service.request_password_reset("minji@example.com");
    change(PASSWORD, NEW);
    assert_eq!(reported(), 0, "the mailbox is not verified");
    reset(&service, &token).assert_problem(410, "token_invalid");
    let code = mailbox.code(Purpose::VerifyEmail, "minji@example.com");
    let call = service.post("/email/verify", &json!({ "code": code }));
    call.bearer(&minji).send().assert(200);
    change(NEW, PASSWORD);
    assert_eq!(reported(), 1);
}

#[test]
fn requests_beyond_the_limit_look_alike_and_the_last_link_stays_valid() {
    let service = TestService::start_with_mail(&["--rate-limits=on"]);
    service.sign_up("minji");
    let token = service.request_password_reset("minji@example.com");
    let mailbox = service.mailbox();
    let before = mailbox.kinds().len();
    let replies = ["minji@example.com", "nobody@example.com"].map(|email| forgot(&service, email));
    assert_same_response(&replies);
    wait_until(|| mailbox.requests_waiting() == 0);
    assert_eq!(mailbox.kinds().len(), before, "two requests and no mail");
    reset(&service, &token).assert(204);
}
