//! Verifying an address, where the account exists already

use std::{cell::Cell, time::Duration};

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, Reply, Service, TestService, assert_same_response, count, send_at_once, wait_until,
};

const MINUTE: Duration = Duration::from_mins(1);

fn verify(service: &TestService, body: &Value) -> Reply {
    service.post("/email/verify", body).send()
}

fn is_verified(service: &TestService, token: &str) -> bool {
    let me = service.get("/me").bearer(token).send().assert(200);
    me.json["email_verified"].as_bool().unwrap()
}

#[test]
fn a_code_verifies_the_address_of_a_session_once() {
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
fn a_link_verifies_it_once() {
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
fn without_a_session_it_takes_the_password_too() {
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
fn whatever_is_wrong_with_a_code_the_answer_is_the_same() {
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
fn whatever_is_wrong_with_a_link_the_answer_is_the_same() {
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
    // None of it used the right one up.
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
fn both_live_exactly_as_long_as_they_should() {
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
fn fifty_tries_at_once_are_five_tries() {
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
    // The link is another proof, and still good.
    let token = mailbox.token(Purpose::VerifyEmail, "minji@example.com");
    let right = service.post("/email/verify", &json!({ "token": token }));
    right.bearer(&minji).send().assert(200);
}

#[test]
fn one_link_used_fifty_times_at_once_is_used_once() {
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

#[test]
fn nothing_is_sent_by_itself_where_it_is_off() {
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
    // There is nothing more to verify.
    let resend = service.post("/email/resend", &json!({})).bearer(&minji);
    resend.send().assert(202);
    assert_eq!(mailbox.kinds(), ["verify_email"]);
}

#[test]
fn without_mail_that_comes_before_everything_else() {
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
    // The address is as unverified as it was, and that keeps nobody out.
    service.log_in("minji");
}

#[test]
fn a_mail_that_is_asked_for_without_a_session_comes_to_whoever_it_is_for() {
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
    // Both mails are done with then.
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
    assert_eq!(count(), 1, "the sign-up's own mail counts");
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
fn an_operators_word_is_enough() {
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
        "the address of minji is verified\n"
    );
    let me = service.get("/me").bearer(&minji.token).send().assert(200);
    assert_eq!(me.json["email_verified"], true);
    let mailbox = service.mailbox();
    assert_eq!(mailbox.count(Purpose::VerifyEmail, &minji.email), 0);
    assert_eq!(verify("nobody").status.code(), Some(1));
}

#[test]
fn no_part_of_an_address_proves_anything_and_no_log_tells_any_of_it() {
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
