//! A new password for whoever reads the account's mailbox

use std::time::Duration;

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, Service, TestService, assert_same_response, wait_until};

const NEW: &str = "Another-Staple-8-lantern";
const MINUTE: Duration = Duration::from_mins(1);

fn forgot(service: &TestService, email: &str) -> Reply {
    let reply = service.post("/password/forgot", &json!({ "email": email }));
    reply.send().assert(202)
}

fn reset(service: &TestService, token: &str) -> Reply {
    let body = json!({ "token": token, "new_password": NEW });
    service.post("/password/reset", &body).send()
}

fn log_in(service: &TestService, identifier: &str, password: &str) -> Reply {
    let body = json!({ "identifier": identifier, "password": password });
    service.post("/login", &body).send()
}

#[test]
fn the_answer_does_not_tell_who_has_an_account() {
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
    // The same mailbox twice is one mail or two, by when the first request was resolved.
    assert!((1..=2).contains(&resets.by_ref().count()), "{kinds:?}");
}

#[test]
fn a_link_sets_a_new_password_once_and_ends_what_was_before() {
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
fn a_code_does_the_same() {
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
fn codes_fail_alike_whoever_has_the_address() {
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
fn a_link_is_good_for_half_an_hour_and_the_newest_alone() {
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
fn a_link_verifies_nothing_and_sets_no_password_of_another_purpose() {
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
fn a_password_that_is_refused_uses_no_link_up() {
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
fn a_link_has_twenty_tries() {
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
fn a_common_password_is_told_beside_a_refused_address() {
    let service = TestService::start_with_mail(&[]);
    let body = json!({ "email": "nowhere", "code": "123456", "new_password": "password" });
    let reply = service.post("/password/reset", &body).send();
    let refused = reply.assert_problem(422, "validation_failed").refused();
    assert_eq!(
        refused,
        ["email invalid_email", "new_password password_common"]
    );
}

#[test]
fn whoever_opened_an_account_in_anothers_name_is_thrown_out_of_it() {
    let service = TestService::start_with_mail(&[]);
    // A stranger signs up with the victim's address and prepares to keep the account.
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
    let change = json!({ "email": "stranger@example.com", "current_password": PASSWORD });
    with("PUT", "/me/email", &change).assert(202);
    let mailbox = service.mailbox();
    let pending = mailbox.token(Purpose::ChangeEmail, "stranger@example.com");
    let pending_code = mailbox.code(Purpose::ChangeEmail, "stranger@example.com");
    // The mailbox alone does not confirm it: the victim does not know the password.
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
    // The victim takes the account over.
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
fn a_disabled_account_stays_shut_behind_its_new_password() {
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
fn a_deleted_account_takes_its_links_with_it() {
    let service = TestService::start_with_mail(&[]);
    let minji = service.sign_up("minji");
    let token = service.request_password_reset("minji@example.com");
    let verification = service
        .mailbox()
        .token(Purpose::VerifyEmail, "minji@example.com");
    let call = service.call("DELETE", "/me").bearer(&minji);
    call.json(&json!({ "current_password": PASSWORD }))
        .send()
        .assert(204);
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
fn a_password_that_its_owner_changes_voids_links_and_is_told_to_a_verified_mailbox() {
    let service = TestService::start_with_mail(&[]);
    let minji = service.sign_up("minji");
    let mailbox = service.mailbox();
    let change = |from: &str, to: &str| {
        let call = service.call("PUT", "/me/password").bearer(&minji);
        let body = json!({ "current_password": from, "new_password": to });
        call.json(&body).send().assert(204);
    };
    let told = || {
        mailbox
            .kinds()
            .iter()
            .filter(|kind| *kind == "password_changed")
            .count()
    };
    let token = service.request_password_reset("minji@example.com");
    change(PASSWORD, NEW);
    assert_eq!(told(), 0, "nobody knows whose mailbox it is");
    reset(&service, &token).assert_problem(410, "token_invalid");
    let code = mailbox.code(Purpose::VerifyEmail, "minji@example.com");
    let call = service.post("/email/verify", &json!({ "code": code }));
    call.bearer(&minji).send().assert(200);
    change(NEW, PASSWORD);
    assert_eq!(told(), 1);
}

#[test]
fn beyond_the_limit_the_answer_is_the_same_and_the_last_link_stays_good() {
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
