//! The mails of a verification, and verification without mail.

use std::{cell::Cell, time::Duration};

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use super::{MINUTE, verify};
use crate::support::{PASSWORD, Service, TestService, assert_same_response, wait_until};

#[test]
fn with_verification_off_signup_sends_no_mail() {
    let service = TestService::start_with_mail(&["--email-verification=off"]);
    let minji = service.sign_up("minji");
    let mailbox = service.mailbox();
    assert!(mailbox.kinds().is_empty());
    let resend = service.post("/email/resend", &json!({})).bearer(&minji);
    resend.send().assert(202);
    assert_eq!(mailbox.kinds(), ["verify_email"]);
    let code = mailbox.code(Purpose::VerifyEmail, "minji@example.com");
    let call = service.post("/email/verify", &json!({ "code": code }));
    call.bearer(&minji).send().assert(200);
    // The address is verified already.
    let resend = service.post("/email/resend", &json!({})).bearer(&minji);
    resend.send().assert(202);
    assert_eq!(mailbox.kinds(), ["verify_email"]);
}

#[test]
fn without_mail_every_route_reports_mail_not_configured_first() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    for (method, path) in [
        ("POST", "/email/verify"),
        ("POST", "/email/resend"),
        ("PUT", "/me/email"),
        ("POST", "/password/forgot"),
        ("POST", "/password/reset"),
    ] {
        for call in [
            service.call(method, path),
            service.call(method, path).body("text/plain", b"{"),
            service
                .call(method, path)
                .json(&json!({}))
                .bearer(&minji.token),
        ] {
            call.send().assert_problem(503, "mail_not_configured");
        }
    }
    // The address is still unverified, which does not prevent a login.
    service.log_in("minji");
}

#[test]
fn a_resend_without_a_session_mails_the_owner() {
    let service = TestService::start_with_mail(&[]);
    service.sign_up("minji");
    let done = service.sign_up("done");
    let mailbox = service.mailbox();
    let code = mailbox.code(Purpose::VerifyEmail, "done@example.com");
    let call = service.post("/email/verify", &json!({ "code": code }));
    call.bearer(&done).send().assert(200);
    let resend = |body: &Value| service.post("/email/resend", body).send().assert(202);
    let replies = ["minji", "done", "nobody"]
        .map(|name| resend(&json!({ "email": format!("{name}@example.com") })));
    assert_same_response(&replies);
    assert_eq!(replies[0].json, json!({ "status": "accepted" }));
    wait_until(|| mailbox.count(Purpose::VerifyEmail, "minji@example.com") == 2);
    wait_until(|| mailbox.requests_waiting() == 0);
    assert_eq!(mailbox.kinds().len(), 3);
    assert_eq!(mailbox.count(Purpose::VerifyEmail, "done@example.com"), 0);
    let token = mailbox.token(Purpose::VerifyEmail, "minji@example.com");
    verify(&service, &json!({ "token": token, "password": PASSWORD })).assert(200);
    // The verification voids both mails.
    assert_eq!(mailbox.count(Purpose::VerifyEmail, "minji@example.com"), 0);
}

#[test]
fn a_mailbox_gets_one_mail_a_minute_and_five_an_hour() {
    let service =
        TestService::start_with_mail(&["--rate-limits=on", "--trusted-proxies=127.0.0.1"]);
    let minji = service.sign_up("minji");
    let mailbox = service.mailbox();
    let clients = Cell::new(0);
    let resend = || {
        clients.set(clients.get() + 1);
        let client = format!("203.0.113.{}", clients.get());
        let call = service.post("/email/resend", &json!({})).bearer(&minji);
        call.header("x-forwarded-for", &client).send().assert(202)
    };
    let count = || mailbox.count(Purpose::VerifyEmail, "minji@example.com");
    let mut replies = vec![resend()];
    assert_eq!(count(), 1, "the signup's own mail counts");
    service.pass_almost(MINUTE);
    replies.push(resend());
    assert_eq!(count(), 1);
    service.pass(Duration::from_micros(1));
    for expected in [2, 3, 4, 5, 5, 5] {
        replies.push(resend());
        assert_eq!(count(), expected);
        service.pass(MINUTE);
    }
    service.pass(MINUTE * 60);
    replies.push(resend());
    assert_eq!(count(), 6);
    assert_same_response(&replies);
}

#[test]
fn an_operator_can_verify_an_address() {
    let service = Service::start_with(&[("DAEMUN_MAIL_URL", "file://mail")]);
    let minji = service.sign_up("minji");
    let verify = |name: &str| {
        let output = service
            .command()
            .args(["user", "verify-email", name])
            .output();
        output.unwrap()
    };
    let output = verify("minji@example.com");
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "marked the email address of minji as verified\n"
    );
    let me = service.get("/me").bearer(&minji.token).send().assert(200);
    assert_eq!(me.json["email_verified"], true);
    let mailbox = service.mailbox();
    assert_eq!(mailbox.count(Purpose::VerifyEmail, &minji.email), 0);
    assert_eq!(verify("nobody").status.code(), Some(1));
}

#[test]
fn tokens_in_a_url_are_ignored_and_never_logged() {
    let service =
        Service::start_with(&[("DAEMUN_MAIL_URL", "file://mail"), ("DAEMUN_LOG", "debug")]);
    let minji = service.sign_up("minji");
    let mailbox = service.mailbox();
    let token = mailbox.token(Purpose::VerifyEmail, &minji.email);
    let code = mailbox.code(Purpose::VerifyEmail, &minji.email);
    let call = service.call("POST", &format!("/email/verify?token={token}"));
    let reply = call.json(&json!({})).bearer(&minji.token).send();
    reply.assert_problem(422, "validation_failed");
    let path = format!("/email/verify/{token}");
    service.call("POST", &path).send().assert(404);
    let opened = service
        .get(&format!("/email/verify?token={token}"))
        .send()
        .assert(200);
    assert!(!opened.text.contains(&token));
    let by_code = json!({ "email": minji.email, "code": code, "password": PASSWORD });
    service.post("/email/verify", &by_code).send().assert(200);
    let by_token = json!({ "token": token, "password": PASSWORD });
    service.post("/email/verify", &by_token).send().assert(410);
    let forgot = json!({ "email": minji.email });
    service.post("/password/forgot", &forgot).send().assert(202);
    wait_until(|| mailbox.count(Purpose::ResetPassword, &minji.email) == 1);
    let reset = mailbox.token(Purpose::ResetPassword, &minji.email);
    let body = json!({ "token": reset, "new_password": "Another-Staple-8-lantern" });
    service.post("/password/reset", &body).send().assert(204);
    for event in ["email.verified", "proof.refused", "password.reset"] {
        wait_until(|| service.log().contains(&format!("\"{event}\"")));
    }
    let log = service.log();
    for secret in [&token, &code, &reset, "dmc_", "minji", "Staple"] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}
