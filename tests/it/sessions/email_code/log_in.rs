//! The session that a mailed code opens.

use std::time::Duration;

use daemun::domain::credential::challenge::Purpose;
use serde_json::json;

use super::{EMAIL, ON, address, log_in, request, start};
use crate::support::{
    PASSWORD, Service, TestService, count, integrations::claims, send_at_once, wait_until,
};

const CODE_LIFE: Duration = Duration::from_mins(15);

#[test]
fn code_of_the_mailbox_opens_one_session() {
    let service = start();
    let code = request(&service);
    let reply = log_in(&service, &format!(" {}-{}\n", &code[..3], &code[3..])).assert(200);
    assert_eq!(reply.json["user"]["email"], EMAIL);
    let token = service.call("POST", "/token").bearer(&reply.token()).send();
    let token = token.assert(200).json["access_token"].clone();
    assert_eq!(claims(token.as_str().unwrap())["amr"], json!(["otp"]));
    log_in(&service, &code).assert_problem(422, "code_invalid");
}

#[test]
fn code_of_a_cookie_login_sets_the_cookies_and_replaces_the_session() {
    let service = start();
    let body = |code: &str| json!({ "email": EMAIL, "code": code, "transport": "cookie", "remember": true });
    let log_in = |code: &str| service.post("/login/code/verify", &body(code));
    let first = log_in(&request(&service)).send().assert(200);
    assert!(
        first.json["session"].get("token").is_none(),
        "{}",
        first.text
    );
    let cookie = first.lines("set-cookie")[0].to_owned();
    let cookie = cookie.split(';').next().unwrap();
    let again = log_in(&request(&service)).header("cookie", cookie).send();
    assert!(again.assert(200).lines("set-cookie")[0].contains("Max-Age="));
    service
        .get("/me")
        .header("cookie", cookie)
        .send()
        .assert(401);
}

#[test]
fn newest_code_is_valid_for_fifteen_minutes() {
    let service = start();
    let older = request(&service);
    let newer = request(&service);
    log_in(&service, &older).assert_problem(422, "code_invalid");
    service.pass_almost(CODE_LIFE);
    log_in(&service, &newer).assert(200);
    let expired = request(&service);
    service.pass(CODE_LIFE);
    log_in(&service, &expired).assert_problem(422, "code_invalid");
}

#[test]
fn codes_are_bound_to_their_purpose() {
    let service = start();
    let code = request(&service);
    let reset = json!({ "email": EMAIL, "code": code, "new_password": "Another-Staple-8-lantern" });
    let reset = service.post("/password/reset", &reset).send();
    reset.assert_problem(422, "code_invalid");
    let verify = json!({ "email": EMAIL, "code": code, "password": PASSWORD });
    let verify = service.post("/email/verify", &verify).send();
    verify.assert_problem(422, "code_invalid");
    service.request_password_reset(EMAIL);
    let reset = service.mailbox().code(Purpose::ResetPassword, EMAIL);
    log_in(&service, &reset).assert_problem(422, "code_invalid");
    log_in(&service, &code).assert(200);
}

#[test]
fn new_password_voids_waiting_codes() {
    let service = start();
    let code = request(&service);
    let token = service.request_password_reset(EMAIL);
    let body = json!({ "token": token, "new_password": "Another-Staple-8-lantern" });
    service.post("/password/reset", &body).send().assert(204);
    log_in(&service, &code).assert_problem(422, "code_invalid");
}

#[test]
fn disabled_account_is_reported_after_a_right_code_only() {
    let service = start();
    let code = request(&service);
    service.sql().run("UPDATE users SET disabled = TRUE");
    log_in(&service, "none").assert_problem(422, "code_invalid");
    log_in(&service, &code).assert_problem(403, "account_disabled");
}

#[test]
fn two_logins_that_race_with_one_code_open_one_session() {
    let mail = ("DAEMUN_MAIL_URL", "file://mail");
    let settings = [
        mail,
        ("DAEMUN_EMAIL_LOG_IN", "on"),
        ("DAEMUN_RATE_LIMITS", "on"),
    ];
    let service = Service::start_with(&settings);
    service.sign_up("minji");
    service.sql().run("UPDATE users SET email_verified = TRUE");
    let mailbox = service.mailbox();
    service
        .post("/login/code", &address(EMAIL))
        .send()
        .assert(202);
    wait_until(|| mailbox.count(Purpose::LogIn, EMAIL) == 1);
    let body = json!({ "email": EMAIL, "code": mailbox.code(Purpose::LogIn, EMAIL) });
    let replies = send_at_once([(); 5].map(|()| service.post("/login/code/verify", &body)));
    assert_eq!(count(&replies, 200), 1);
    for reply in replies.into_iter().filter(|reply| reply.status != 200) {
        // An attempt that fits only if another succeeds waits, and is refused if it has to.
        assert!([422, 429].contains(&reply.status), "{}", reply.text);
    }
}

#[test]
fn without_the_setting_there_are_no_routes() {
    let service = TestService::start_with_mail(&[]);
    let body = json!({ "email": EMAIL, "code": "123456" });
    for (path, body) in [
        ("/login/code", &address(EMAIL)),
        ("/login/code/verify", &body),
    ] {
        service
            .post(path, body)
            .send()
            .assert_problem(404, "not_found");
    }
    let config = |service: &TestService| service.get("/config").send().assert(200).json;
    assert_eq!(config(&service)["email_log_in"], false);
    let enabled = TestService::start_with_mail(&[ON]);
    assert_eq!(config(&enabled)["email_log_in"], true);
}

#[test]
fn code_alone_confirms_no_session() {
    let service = start();
    let code = request(&service);
    let token = log_in(&service, &code).assert(200).token();
    let call = service.post("/me/totp", &json!({})).bearer(&token);
    let reply = call.send().assert_problem(403, "confirmation_required");
    assert_eq!(reply.json["methods"], json!(["password"]));
    let password = json!({ "password": PASSWORD });
    let call = service.post("/me/confirm", &password).bearer(&token);
    call.send().assert(204);
    let call = service.post("/me/totp", &json!({})).bearer(&token);
    call.send().assert(200);
}
