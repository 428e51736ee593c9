//! The codes and links of a verification.

use std::time::Duration;

use daemun::domain::credential::challenge::Purpose;
use serde_json::json;

use super::{MINUTE, verify};
use crate::support::{PASSWORD, TestService, assert_same_response, count, send_at_once};

fn is_verified(service: &TestService, token: &str) -> bool {
    let me = service.get("/me").bearer(token).send().assert(200);
    me.json["email_verified"].as_bool().unwrap()
}

#[test]
fn a_code_verifies_the_address_once() {
    let service = TestService::start_with_mail(&[]);
    let minji = service.sign_up("minji");
    assert!(!is_verified(&service, &minji));
    let code = service
        .mailbox()
        .code(Purpose::VerifyEmail, "minji@example.com");
    let verify = || {
        let call = service.post("/email/verify", &json!({ "code": format!(" {code} ") }));
        call.bearer(&minji).send()
    };
    let reply = verify().assert(200);
    assert_eq!(reply.json["email_verified"], true);
    assert_eq!(reply.json["username"], "minji");
    assert!(is_verified(&service, &minji));
    verify().assert_problem(422, "code_invalid");
}

#[test]
fn a_link_verifies_the_address_once() {
    let service = TestService::start_with_mail(&[]);
    let minji = service.sign_up("minji");
    let token = service
        .mailbox()
        .token(Purpose::VerifyEmail, "minji@example.com");
    let verify = || {
        let call = service.post("/email/verify", &json!({ "token": token }));
        call.bearer(&minji).send()
    };
    verify().assert(200);
    assert!(is_verified(&service, &minji));
    verify().assert_problem(410, "token_invalid");
}

#[test]
fn without_a_session_verification_requires_the_password() {
    let service = TestService::start_with_mail(&[]);
    let [minji, jisoo] = ["minji", "jisoo"].map(|name| service.sign_up(name));
    let mailbox = service.mailbox();
    let code = mailbox.code(Purpose::VerifyEmail, "minji@example.com");
    let by_code = json!({ "email": "MINJI@example.com", "code": code, "password": PASSWORD });
    verify(&service, &by_code).assert(200);
    assert!(is_verified(&service, &minji));
    let token = mailbox.token(Purpose::VerifyEmail, "jisoo@example.com");
    let wrong = json!({ "token": token, "password": "wrong" });
    verify(&service, &wrong).assert_problem(401, "invalid_credentials");
    assert!(!is_verified(&service, &jisoo));
    verify(&service, &json!({ "token": token })).assert_problem(401, "not_authenticated");
    verify(&service, &json!({ "token": token, "password": PASSWORD })).assert(200);
    assert!(is_verified(&service, &jisoo));
}

#[test]
fn every_wrong_code_fails_alike() {
    let service = TestService::start_with_mail(&[]);
    for name in ["minji", "jisoo", "used", "tried"] {
        service.sign_up(name);
    }
    let mailbox = service.mailbox();
    let code = |name: &str| mailbox.code(Purpose::VerifyEmail, &format!("{name}@example.com"));
    let body = |name: &str, code: &str, password: &str| json!({ "email": format!("{name}@example.com"), "code": code, "password": password });
    let right = body("used", &code("used"), PASSWORD);
    verify(&service, &right).assert(200);
    let tried = body("tried", &code("tried"), PASSWORD);
    for _ in 0..5 {
        verify(&service, &body("tried", "none", PASSWORD)).assert(422);
    }
    let old = body("minji", &code("minji"), PASSWORD);
    let mut replies = vec![
        verify(&service, &body("minji", &code("minji"), "wrong")),
        verify(&service, &body("minji", &code("jisoo"), PASSWORD)),
        verify(&service, &body("nobody", &code("minji"), PASSWORD)),
        verify(&service, &right),
        verify(&service, &tried),
    ];
    for malformed in [
        "",
        "1",
        "abcdef",
        "１２３４５６",
        "000000000000",
        "\0",
        &"9".repeat(9_000),
    ] {
        replies.push(verify(&service, &body("jisoo", malformed, PASSWORD)));
    }
    service.pass(MINUTE * 15);
    replies.push(verify(&service, &old));
    for reply in &replies {
        assert_eq!(
            (reply.status, reply.json["code"].as_str()),
            (422, Some("code_invalid"))
        );
    }
    assert_same_response(&replies);
}

#[test]
fn every_wrong_link_fails_alike() {
    let service = TestService::start_with_mail(&[]);
    let [minji, jisoo] = ["minji", "jisoo"].map(|name| service.sign_up(name));
    let mailbox = service.mailbox();
    let token = mailbox.token(Purpose::VerifyEmail, "minji@example.com");
    let reset = mailbox.forge(Purpose::ResetPassword, "minji@example.com", service.now());
    let last = if token.ends_with('A') { 'B' } else { 'A' };
    let altered = format!("{}{last}", &token[..token.len() - 1]);
    let send = |token: &str, session: Option<&str>| {
        let body = match session {
            Some(_) => json!({ "token": token }),
            None => json!({ "token": token, "password": PASSWORD }),
        };
        let call = service.post("/email/verify", &body);
        match session {
            Some(session) => call.bearer(session).send(),
            None => call.send(),
        }
    };
    let mut replies = vec![send(&token, Some(&jisoo))];
    for wrong in [
        "",
        "dmc_",
        &altered,
        &reset,
        &minji,
        &"x".repeat(9_000),
        &format!("{token}="),
    ] {
        replies.push(send(wrong, Some(&minji)));
        replies.push(send(wrong, None));
    }
    // No failed attempt consumed the valid link.
    service.pass_almost(MINUTE * 60 * 24);
    assert!(mailbox.count(Purpose::VerifyEmail, "minji@example.com") == 1);
    service.pass(Duration::from_micros(1));
    replies.push(send(&token, None));
    for reply in &replies {
        assert_eq!(
            (reply.status, reply.json["code"].as_str()),
            (410, Some("token_invalid"))
        );
    }
    assert_same_response(&replies);
}

#[test]
fn codes_and_links_expire_to_the_microsecond() {
    let service = TestService::start_with_mail(&[]);
    let [minji, jisoo] = ["minji", "jisoo"].map(|name| service.sign_up(name));
    let mailbox = service.mailbox();
    let code = mailbox.code(Purpose::VerifyEmail, "minji@example.com");
    let token = mailbox.token(Purpose::VerifyEmail, "jisoo@example.com");
    service.pass_almost(MINUTE * 15);
    let call = service.post("/email/verify", &json!({ "code": code }));
    call.bearer(&minji).send().assert(200);
    service.pass_almost(Duration::from_mins(24 * 60 - 15));
    let body = json!({ "token": token, "password": PASSWORD });
    verify(&service, &body).assert(200);
    drop(jisoo);
}

#[test]
fn fifty_concurrent_attempts_count_as_five() {
    let service = TestService::start_with_mail(&[]);
    let minji = service.sign_up("minji");
    let mailbox = service.mailbox();
    let code = mailbox.code(Purpose::VerifyEmail, "minji@example.com");
    let calls = (0..50).map(|number| {
        let mut body = json!({ "code": "none" });
        if number % 2 == 0 {
            body["email"] = json!("minji@example.com");
            body["password"] = json!(PASSWORD);
        }
        service.post("/email/verify", &body).bearer(&minji)
    });
    for reply in send_at_once(calls) {
        reply.assert_problem(422, "code_invalid");
    }
    assert_eq!(
        mailbox.tries_left(Purpose::VerifyEmail, "minji@example.com"),
        "0"
    );
    let right = service.post("/email/verify", &json!({ "code": code }));
    right
        .bearer(&minji)
        .send()
        .assert_problem(422, "code_invalid");
    // The link is separate from the code and still valid.
    let token = mailbox.token(Purpose::VerifyEmail, "minji@example.com");
    let right = service.post("/email/verify", &json!({ "token": token }));
    right.bearer(&minji).send().assert(200);
}

#[test]
fn fifty_concurrent_uses_of_a_link_succeed_once() {
    let service = TestService::start_with_mail(&[]);
    let minji = service.sign_up("minji");
    let token = service
        .mailbox()
        .token(Purpose::VerifyEmail, "minji@example.com");
    let calls = (0..50).map(|_| {
        let call = service.post("/email/verify", &json!({ "token": token }));
        call.bearer(&minji)
    });
    let replies = send_at_once(calls);
    assert_eq!([count(&replies, 200), count(&replies, 410)], [1, 49]);
}
