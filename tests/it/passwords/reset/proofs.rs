//! The codes and links of a reset.

use std::time::Duration;

use daemun::domain::credential::challenge::Purpose;
use serde_json::json;

use super::{NEW, forgot, log_in, reset};
use crate::support::{PASSWORD, TestService, assert_same_response, wait_until};

const MINUTE: Duration = Duration::from_mins(1);

#[test]
fn a_request_does_not_reveal_whether_an_account_exists() {
    let service = TestService::start_with_mail(&[]);
    service.sign_up("minji");
    let replies = [
        "minji@example.com",
        "MINJI@example.com",
        "nobody@example.com",
        "nobody@한국.kr",
    ]
    .map(|email| forgot(&service, email));
    assert_same_response(&replies);
    assert_eq!(replies[0].json, json!({ "status": "accepted" }));
    let mailbox = service.mailbox();
    wait_until(|| mailbox.requests_waiting() == 0);
    let kinds = mailbox.kinds();
    let mut resets = kinds.iter().filter(|kind| *kind == "reset_password");
    // Two requests for one mailbox are one mail or two, depending on when the first is resolved.
    assert!((1..=2).contains(&resets.by_ref().count()), "{kinds:?}");
}

#[test]
fn a_link_sets_a_new_password_once_and_revokes_sessions() {
    let service = TestService::start_with_mail(&[]);
    let old = service.sign_up("minji");
    let token = service.request_password_reset("minji@example.com");
    let reply = reset(&service, &token).assert(204);
    assert_eq!(reply.text, "");
    service.get("/me").bearer(&old).send().assert(401);
    log_in(&service, "minji", PASSWORD).assert_problem(401, "invalid_credentials");
    let new = log_in(&service, "minji", NEW).assert(200);
    assert_eq!(new.json["user"]["email_verified"], true);
    reset(&service, &token).assert_problem(410, "token_invalid");
    let mailbox = service.mailbox();
    assert_eq!(mailbox.count(Purpose::VerifyEmail, "minji@example.com"), 0);
    assert!(mailbox.kinds().contains(&String::from("password_changed")));
}

#[test]
fn a_code_sets_a_new_password_too() {
    let service = TestService::start_with_mail(&[]);
    service.sign_up("minji");
    service.request_password_reset("minji@example.com");
    let code = service
        .mailbox()
        .code(Purpose::ResetPassword, "minji@example.com");
    let body = json!({ "email": "Minji@Example.com", "code": code, "new_password": NEW });
    let send = || service.post("/password/reset", &body).send();
    send().assert(204);
    log_in(&service, "minji", NEW).assert(200);
    send().assert_problem(422, "code_invalid");
}

#[test]
fn wrong_codes_fail_alike_for_every_address() {
    let service = TestService::start_with_mail(&[]);
    for name in ["minji", "jisoo"] {
        service.sign_up(name);
        service.request_password_reset(&format!("{name}@example.com"));
    }
    let mailbox = service.mailbox();
    let code = mailbox.code(Purpose::ResetPassword, "minji@example.com");
    let verification = mailbox.code(Purpose::VerifyEmail, "minji@example.com");
    let send = |email: &str, code: &str| {
        let body = json!({ "email": email, "code": code, "new_password": NEW });
        service.post("/password/reset", &body).send()
    };
    let mut replies = vec![
        send("nobody@example.com", &code),
        send("jisoo@example.com", &code),
        send("minji@example.com", &verification),
        send("minji@example.com", ""),
        send("minji@example.com", &"7".repeat(8_000)),
        send("minji@example.com", "none"),
        send("minji@example.com", "none"),
        send("minji@example.com", &code),
    ];
    let fresh = mailbox.code(Purpose::ResetPassword, "jisoo@example.com");
    service.pass(MINUTE * 15);
    replies.push(send("jisoo@example.com", &fresh));
    for reply in &replies {
        assert_eq!(
            (reply.status, reply.json["code"].as_str()),
            (422, Some("code_invalid"))
        );
    }
    assert_same_response(&replies);
}

#[test]
fn a_link_is_valid_for_half_an_hour_or_until_the_next_one() {
    let service = TestService::start_with_mail(&[]);
    service.sign_up("minji");
    let older = service.request_password_reset("minji@example.com");
    service.pass(MINUTE * 5);
    let newer = service.request_password_reset("minji@example.com");
    assert_ne!(older, newer);
    reset(&service, &older).assert_problem(410, "token_invalid");
    service.pass(MINUTE * 30);
    reset(&service, &newer).assert_problem(410, "token_invalid");
    let last = service.request_password_reset("minji@example.com");
    service.pass_almost(MINUTE * 30);
    reset(&service, &last).assert(204);
}

#[test]
fn a_token_of_another_purpose_resets_no_password() {
    let service = TestService::start_with_mail(&[]);
    let minji = service.sign_up("minji");
    let verification = service
        .mailbox()
        .token(Purpose::VerifyEmail, "minji@example.com");
    reset(&service, &verification).assert_problem(410, "token_invalid");
    reset(&service, &minji).assert_problem(410, "token_invalid");
    reset(&service, "").assert_problem(410, "token_invalid");
}

#[test]
fn a_rejected_password_does_not_consume_the_link() {
    let service = TestService::start_with_mail(&[]);
    service.sign_up("minjikim");
    let token = service.request_password_reset("minjikim@example.com");
    for (password, reason) in [
        ("short", "too_short"),
        ("password123", "password_common"),
        ("MinjiKim", "password_equals_username"),
    ] {
        let body = json!({ "token": token, "new_password": password });
        let reply = service.post("/password/reset", &body).send();
        let reply = reply.assert_problem(422, "validation_failed");
        assert_eq!(reply.refused(), [format!("new_password {reason}")]);
    }
    log_in(&service, "minjikim", PASSWORD).assert(200);
    reset(&service, &token).assert(204);
}

#[test]
fn a_link_allows_twenty_attempts() {
    let service = TestService::start_with_mail(&[]);
    service.sign_up("minji");
    let token = service.request_password_reset("minji@example.com");
    let common = json!({ "token": token, "new_password": "password123" });
    for _ in 0..20 {
        let reply = service.post("/password/reset", &common).send();
        reply.assert_problem(422, "validation_failed");
    }
    let reply = service.post("/password/reset", &common).send();
    reply.assert_problem(410, "token_invalid");
    reset(&service, &token).assert_problem(410, "token_invalid");
    service.pass(MINUTE * 5);
    reset(
        &service,
        &service.request_password_reset("minji@example.com"),
    )
    .assert(204);
}

#[test]
fn a_common_password_is_reported_with_an_invalid_address() {
    let service = TestService::start_with_mail(&[]);
    let body = json!({ "email": "nowhere", "code": "123456", "new_password": "password" });
    let reply = service.post("/password/reset", &body).send();
    let refused = reply.assert_problem(422, "validation_failed").refused();
    assert_eq!(
        refused,
        ["email invalid_email", "new_password password_common"]
    );
}
