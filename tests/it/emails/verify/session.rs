//! Sessions that a verification with the password opens.

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use super::{MINUTE, verify};
use crate::support::{
    PASSWORD, Reply, Service, TestService, assert_same_response, count, send_at_once,
};

const EMAIL: &str = "minji@example.com";

const REQUIRED: &str = "--email-verification=required";

/// Signs up where the account waits for its verification.
fn sign_up(service: &TestService, captcha: &str) {
    let body =
        json!({ "username": "minji", "email": EMAIL, "password": PASSWORD, "captcha": captcha });
    service.post("/signup", &body).send().assert(202);
}

/// Returns the ids of the caller's sessions.
fn sessions(service: &TestService, token: &str) -> Vec<Value> {
    let list = service.get("/sessions").bearer(token).send().assert(200);
    let sessions = list.json["sessions"].as_array().unwrap().iter();
    sessions.map(|session| session["id"].clone()).collect()
}

fn link(service: &TestService, purpose: Purpose) -> Value {
    let token = service.mailbox().token(purpose, EMAIL);
    json!({ "token": token, "password": PASSWORD, "transport": "token" })
}

#[test]
fn a_verified_signup_is_logged_in_without_another_proof_of_work() {
    let flags = ["--mail-url=log:", REQUIRED, "--captcha=always"];
    let service = TestService::start_now_with(&flags);
    sign_up(&service, &service.proof());
    let code = service.mailbox().code(Purpose::SignUp, EMAIL);
    let body = json!({ "email": EMAIL, "code": code, "password": PASSWORD, "transport": "token" });
    let reply = verify(&service, &body).assert(200);
    assert_eq!(reply.json["user"]["email_verified"], true);
    let token = reply.token();
    let me = service.get("/me").bearer(&token).send().assert(200);
    assert_eq!(me.json, reply.json["user"]);
    assert_eq!(
        sessions(&service, &token),
        [reply.json["session"]["id"].clone()]
    );
    verify(&service, &body).assert_problem(422, "code_invalid");
}

#[test]
fn an_existing_account_is_logged_in_by_its_code_or_link() {
    let service = TestService::start_with_mail(&[]);
    service.sign_up("minji");
    let reply = verify(&service, &link(&service, Purpose::VerifyEmail)).assert(200);
    assert_eq!(reply.json["user"]["email_verified"], true);
    let session = reply.token();
    // A change of email is verified and logged in alike.
    let change = json!({ "email": "new@example.com" });
    let call = service.call("PUT", "/me/email").json(&change);
    service.confirm(&session);
    call.bearer(&session).send().assert(202);
    let code = service
        .mailbox()
        .code(Purpose::ChangeEmail, "new@example.com");
    let own = json!({ "code": code, "transport": "token" });
    let call = service.post("/email/verify", &own).bearer(&session).send();
    call.assert_problem(422, "validation_failed");
    let token = service
        .mailbox()
        .token(Purpose::ChangeEmail, "new@example.com");
    let body =
        json!({ "token": token, "password": PASSWORD, "transport": "token", "remember": true });
    let reply = verify(&service, &body).assert(200);
    assert_eq!(reply.json["user"]["email"], "new@example.com");
    let until = service.time_in(MINUTE * 60 * 24 * 14);
    assert_eq!(reply.json["session"]["expires_at"], until);
    assert_eq!(sessions(&service, &reply.token()).len(), 3);
}

#[test]
fn the_cookie_of_a_verification_replaces_the_browsers_session() {
    let service = TestService::start_with_mail(&["--rate-limits=on"]);
    let old = service.sign_up("minji");
    let mut body = link(&service, Purpose::VerifyEmail);
    body["transport"] = json!("cookie");
    let reply = service.post("/email/verify", &body).cookie(&old).send();
    let reply = reply.assert(200);
    assert_eq!(reply.json["session"]["token"], Value::Null);
    assert_eq!(reply.json["device_token"], Value::Null);
    let cookies = reply.lines("set-cookie");
    let value = |name: &str| {
        let cookie = cookies.iter().find_map(|line| line.strip_prefix(name));
        cookie.unwrap().split(';').next().unwrap().to_owned()
    };
    let new = value("__Host-daemun=");
    assert!(value("__Host-daemun-device=").starts_with("dmd_"));
    service.get("/me").cookie(&new).send().assert(200);
    service.get("/me").bearer(&old).send().assert(401);
}

#[test]
fn a_page_that_may_not_have_the_cookie_consumes_nothing() {
    let service = TestService::start_with_mail(&[]);
    service.sign_up("minji");
    let code = service.mailbox().code(Purpose::VerifyEmail, EMAIL);
    let body = json!({ "email": EMAIL, "code": code, "password": PASSWORD, "transport": "cookie" });
    let send = |name: &str, value: &str| {
        let call = service.post("/email/verify", &body);
        call.header(name, value).send()
    };
    let tries = || service.mailbox().tries_left(Purpose::VerifyEmail, EMAIL);
    let before = tries();
    send("sec-fetch-site", "cross-site").assert_problem(400, "cross_site_cookie");
    send("origin", "https://evil.example").assert_problem(403, "origin_not_allowed");
    let call = service.post("/email/verify", &body);
    let call = call.header("sec-fetch-site", "same-origin");
    let plain = call.header("origin", "http://app.example.com").send();
    plain.assert_problem(400, "insecure_transport");
    assert_eq!(tries(), before);
    send("sec-fetch-site", "same-origin").assert(200);
}

#[test]
fn concurrent_verifications_open_one_session() {
    let service = TestService::start_with_mail(&[REQUIRED]);
    sign_up(&service, "");
    let body = link(&service, Purpose::SignUp);
    assert_one_session(&service, &body);

    let service = TestService::start_with_mail(&[]);
    service.sign_up("minji");
    service.sql().run("DELETE FROM sessions");
    let body = link(&service, Purpose::VerifyEmail);
    assert_one_session(&service, &body);
}

#[track_caller]
fn assert_one_session(service: &TestService, body: &Value) {
    let replies = send_at_once((0..20).map(|_| service.post("/email/verify", body)));
    assert_eq!([count(&replies, 200), count(&replies, 410)], [1, 19]);
    let opened = replies.iter().find(|reply| reply.status == 200).unwrap();
    let id = opened.json["session"]["id"].clone();
    assert_eq!(sessions(service, &opened.token()), [id]);
}

#[test]
fn a_session_that_cannot_be_stored_leaves_the_proof_valid() {
    for (flags, purpose) in [
        (&[REQUIRED][..], Purpose::SignUp),
        (&[], Purpose::VerifyEmail),
    ] {
        let service = TestService::start_with_mail(flags);
        let account = json!({ "username": "minji", "email": EMAIL, "password": PASSWORD });
        service.post("/signup", &account).send();
        let body = link(&service, purpose);
        let verified = "SELECT count(*) AS number FROM users WHERE email_verified";
        service.sql().refuse_inserts("sessions");
        verify(&service, &body).assert(500);
        assert_eq!(service.sql().numbers(verified), [0], "{purpose:?}");
        assert_eq!(service.mailbox().count(purpose, EMAIL), 1, "{purpose:?}");
        service.sql().accept_inserts("sessions");
        verify(&service, &body).assert(200).token();
        assert_eq!(service.sql().numbers(verified), [1], "{purpose:?}");
    }
}

#[test]
fn failures_are_the_same_with_and_without_a_session() {
    let service = TestService::start_with_mail(&[]);
    service.sign_up("minji");
    let code = service.mailbox().code(Purpose::VerifyEmail, EMAIL);
    let failures = |fields: &Value| -> Vec<Reply> {
        let bodies = [
            json!({ "email": "unknown@example.com", "code": code, "password": PASSWORD }),
            json!({ "email": EMAIL, "code": "none", "password": PASSWORD }),
            json!({ "email": EMAIL, "code": code, "password": "wrong" }),
        ];
        let send = |mut body: Value| {
            let fields = fields.as_object().unwrap().clone();
            body.as_object_mut().unwrap().extend(fields);
            verify(&service, &body).assert_problem(422, "code_invalid")
        };
        bodies.map(send).into()
    };
    let replies = [json!({}), json!({ "transport": "token" })].map(|fields| failures(&fields));
    assert_same_response(&replies.into_iter().flatten().collect::<Vec<_>>());
}

#[test]
fn a_verification_recognizes_devices_and_causes_no_notice() {
    let service = TestService::start_with_mail(&["--rate-limits=on", "--device-notices=on"]);
    let signed_up = json!({ "username": "minji", "email": EMAIL, "password": PASSWORD });
    let signed_up = service.post("/signup", &signed_up).send().assert(201);
    let body = link(&service, Purpose::VerifyEmail);
    let new = verify(&service, &body).assert(200);
    assert!(new.json["device_token"].is_string());

    let change = json!({ "email": EMAIL.to_uppercase() });
    service.confirm(&new.token());
    let call = service.call("PUT", "/me/email").bearer(&new.token());
    call.json(&change).send().assert(202);
    let token = service.mailbox().token(Purpose::ChangeEmail, EMAIL);
    let device = &signed_up.json["device_token"];
    let body = json!({ "token": token, "password": PASSWORD, "transport": "token", "device_token": device });
    let recognized = verify(&service, &body).assert(200);
    assert_eq!(recognized.json["device_token"], Value::Null);
    let kinds = service.mailbox().kinds();
    assert!(!kinds.iter().any(|kind| kind == "new_device"), "{kinds:?}");
}

#[test]
fn a_verification_resets_no_failed_logins() {
    let service = TestService::start_with_mail(&["--rate-limits=on"]);
    service.sign_up("minji");
    let log_in = |password: &str| {
        let body = json!({ "identifier": "minji", "password": password });
        service.post("/login", &body).send()
    };
    for _ in 0..5 {
        log_in("wrong").assert(401);
    }
    let body = link(&service, Purpose::VerifyEmail);
    verify(&service, &body).assert(200).token();
    log_in(PASSWORD).assert_problem(429, "too_many_requests");
}

#[test]
fn a_disabled_account_is_not_logged_in() {
    let service = Service::start_with(&[("DAEMUN_MAIL_URL", "file://mail")]);
    service.sign_up("minji");
    // An operator's command voids the link, so the account is disabled behind its back.
    service.sql().run("UPDATE users SET disabled = TRUE");
    let token = service.mailbox().token(Purpose::VerifyEmail, EMAIL);
    let body = json!({ "token": token, "password": PASSWORD, "transport": "token" });
    let send = || service.post("/email/verify", &body).send();
    send().assert_problem(403, "account_disabled");
    service.sql().run("UPDATE users SET disabled = FALSE");
    send().assert(200).token();
}
