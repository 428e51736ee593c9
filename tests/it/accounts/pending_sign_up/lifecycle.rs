//! The creation, the expiry and the completion of pending signups.

use std::time::Duration;

use daemun::domain::credential::challenge::Purpose;
use serde_json::json;

use super::{GUEST, HOUR, REQUIRED, join, log_in, sign_up, sign_up_with, verify};
use crate::support::{
    PASSWORD, Service, TestService, assert_same_response, count, send_at_once, wait_until,
};

const SETTINGS: [(&str, &str); 2] = [
    ("DAEMUN_MAIL_URL", "file://mail"),
    ("DAEMUN_EMAIL_VERIFICATION", "required"),
];

#[test]
fn the_account_is_created_by_the_verification() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    let reply = sign_up(&service, "Minji", "Minji@example.com").assert(202);
    assert_eq!(reply.json, json!({ "status": "verification_required" }));
    assert!(reply.lines("set-cookie").is_empty() && reply.lines("location").is_empty());
    log_in(&service, "minji", PASSWORD).assert_problem(403, "email_not_verified");
    log_in(&service, "minji", "wrong").assert_problem(401, "invalid_credentials");
    let code = service.mailbox().code(Purpose::SignUp, "minji@example.com");
    let body = |code: &str, password: &str| json!({ "email": "minji@example.com", "code": code, "password": password });
    verify(&service, &body(&code, "wrong")).assert_problem(422, "code_invalid");
    let user = verify(&service, &body(&code, PASSWORD)).assert(200).json;
    assert_eq!(
        (&user["username"], &user["email"]),
        (&json!("Minji"), &json!("Minji@example.com"))
    );
    assert_eq!(user["email_verified"], true);
    verify(&service, &body(&code, PASSWORD)).assert_problem(422, "code_invalid");
    for identifier in ["minji", "MINJI@example.com"] {
        let reply = log_in(&service, identifier, PASSWORD).assert(200);
        assert_eq!(reply.json["user"], user);
    }
}

#[test]
fn a_pending_username_is_taken_except_for_the_same_signup() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    sign_up(&service, "minji", "minji@example.com").assert(202);
    let refused = [
        ("minji@example.com", GUEST),
        ("other@example.com", GUEST),
        ("other@example.com", PASSWORD),
    ]
    .map(|(email, password)| sign_up_with(&service, "minji", email, password));
    assert_same_response(&refused);
    for reply in refused {
        assert_eq!(
            reply.assert_problem(409, "username_taken").refused(),
            ["username username_taken"]
        );
    }
    sign_up(&service, "MINJI", "Minji@Example.com").assert(202);
    assert_eq!(service.mailbox().kinds(), ["sign_up", "sign_up"]);
    // Either mail completes the signup.
    let token = service
        .mailbox()
        .token(Purpose::SignUp, "minji@example.com");
    let body = json!({ "token": token, "password": PASSWORD });
    verify(&service, &body).assert(200);
}

#[test]
fn concurrent_identical_signups_are_one() {
    let service = Service::start_with(&SETTINGS);
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD });
    let replies = send_at_once((0..10).map(|_| service.post("/signup", &body)));
    assert_eq!(count(&replies, 202), 10);
    let code = service.mailbox().code(Purpose::SignUp, "minji@example.com");
    let body = json!({ "email": "minji@example.com", "code": code, "password": PASSWORD });
    service.post("/email/verify", &body).send().assert(200);
}

#[test]
fn a_pending_username_is_reserved_for_a_day() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    join(&service, "jisoo");
    sign_up(&service, "Minji", "minji@example.com").assert(202);
    let reply = sign_up(&service, "ｍｉｎｊｉ", "other@example.com");
    assert_eq!(
        reply.assert_problem(409, "username_taken").refused(),
        ["username username_taken"]
    );
    let jisoo = log_in(&service, "jisoo", PASSWORD).assert(200).token();
    let rename = || {
        let call = service.call("PATCH", "/me").bearer(&jisoo);
        call.json(&json!({ "username": "minji" })).send()
    };
    rename().assert_problem(409, "username_taken");
    sign_up(&service, "jisoo", "other@example.com").assert_problem(409, "username_taken");
    service.pass_almost(HOUR * 24);
    log_in(&service, "minji", PASSWORD).assert_problem(403, "email_not_verified");
    sign_up(&service, "minji", "other@example.com").assert_problem(409, "username_taken");
    service.pass(Duration::from_micros(1));
    log_in(&service, "minji", PASSWORD).assert_problem(401, "invalid_credentials");
    sign_up(&service, "minji", "other@example.com").assert(202);
}

#[test]
fn an_expired_pending_signup_is_gone() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    sign_up(&service, "minji", "minji@example.com").assert(202);
    let mailbox = service.mailbox();
    let token = mailbox.token(Purpose::SignUp, "minji@example.com");
    let code = mailbox.code(Purpose::SignUp, "minji@example.com");
    service.pass(Duration::from_mins(15));
    let by_code = json!({ "email": "minji@example.com", "code": code, "password": PASSWORD });
    verify(&service, &by_code).assert_problem(422, "code_invalid");
    service.pass(HOUR * 24);
    let by_link = json!({ "token": token, "password": PASSWORD });
    verify(&service, &by_link).assert_problem(410, "token_invalid");
}

#[test]
fn a_resent_mail_completes_the_signup() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    sign_up(&service, "minji", "minji@example.com").assert(202);
    let mailbox = service.mailbox();
    let first = mailbox.token(Purpose::SignUp, "minji@example.com");
    service.pass(HOUR);
    let resend = |email: &str| {
        let reply = service.post("/email/resend", &json!({ "email": email }));
        reply.send().assert(202)
    };
    assert_same_response(&[resend("minji@example.com"), resend("nobody@example.com")]);
    wait_until(|| mailbox.count(Purpose::SignUp, "minji@example.com") == 2);
    wait_until(|| mailbox.requests_waiting() == 0);
    assert_eq!(mailbox.kinds(), ["sign_up", "sign_up"]);
    let code = mailbox.code(Purpose::SignUp, "minji@example.com");
    let body = json!({ "email": "minji@example.com", "code": code, "password": PASSWORD });
    verify(&service, &body).assert(200);
    let body = json!({ "token": first, "password": PASSWORD });
    verify(&service, &body).assert_problem(410, "token_invalid");
}

#[test]
fn a_resent_mail_does_not_extend_the_signup() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    sign_up_with(&service, "stranger", "victim@example.com", GUEST).assert(202);
    service.pass(HOUR * 23);
    let victim = json!({ "email": "victim@example.com" });
    service.post("/email/resend", &victim).send().assert(202);
    let mailbox = service.mailbox();
    wait_until(|| mailbox.count(Purpose::SignUp, "victim@example.com") == 2);
    service.pass(HOUR * 2);
    // A registered mailbox gets no mail, so a longer reservation would reveal an unregistered one.
    log_in(&service, "stranger", GUEST).assert_problem(401, "invalid_credentials");
    sign_up(&service, "stranger", "other@example.com").assert(202);
}

#[test]
fn an_idempotency_key_changes_nothing() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD });
    let send = || {
        let call = service.post("/signup", &body);
        call.header("idempotency-key", "0123456789abcdef").send()
    };
    assert_same_response(&[send().assert(202), send().assert(202)]);
    let mut other = body.clone();
    other["username"] = json!("other");
    let call = service.post("/signup", &other);
    call.header("idempotency-key", "0123456789abcdef")
        .send()
        .assert(202);
}

#[test]
fn existing_unverified_accounts_must_verify_too() {
    let optional = [("DAEMUN_MAIL_URL", "file://mail")];
    let mut service = Service::start_with(&optional);
    let minji = service.sign_up("minji");
    let jisoo = service.sign_up("jisoo");
    service.stop();
    let service = Service::try_start_in(service.home(), &SETTINGS).unwrap();
    let log_in = |password: &str| {
        let body = json!({ "identifier": "minji@example.com", "password": password });
        service.post("/login", &body).send()
    };
    log_in(PASSWORD).assert_problem(403, "email_not_verified");
    log_in("wrong").assert_problem(401, "invalid_credentials");
    service.get("/me").bearer(&minji.token).send().assert(200);
    let mailbox = service.mailbox();
    let code = mailbox.code(Purpose::VerifyEmail, &minji.email);
    let body = json!({ "email": minji.email, "code": code, "password": PASSWORD });
    service.post("/email/verify", &body).send().assert(200);
    log_in(PASSWORD).assert(200);
    let verified = service
        .command()
        .args(["user", "verify-email", "jisoo"])
        .output();
    assert!(verified.unwrap().status.success());
    service.log_in(&jisoo.email);
}

#[test]
fn concurrent_signups_reserve_a_name_for_one_mailbox() {
    let service = Service::start_with(&SETTINGS);
    let replies = send_at_once((0..20).map(|number| {
        let email = format!("minji{number}@example.com");
        let body = json!({ "username": "minji", "email": email, "password": PASSWORD });
        service.post("/signup", &body)
    }));
    assert_eq!([count(&replies, 202), count(&replies, 409)], [1, 19]);
}
