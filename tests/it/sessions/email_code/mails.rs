//! The mail that a request for a login code becomes.

use daemun::domain::credential::challenge::Purpose;
use serde_json::json;

use super::{EMAIL, ON, address, start_with};
use crate::support::{Mail, PASSWORD, Service, TestService, wait_until};

#[test]
fn mail_has_a_code_and_no_link() {
    let settings = [
        ("DAEMUN_MAIL_URL", "file://mail"),
        ("DAEMUN_EMAIL_LOG_IN", "on"),
        ("DAEMUN_EMAIL_VERIFICATION", "off"),
        ("DAEMUN_PUBLIC_URL", "https://app.example.com"),
    ];
    let service = Service::start_with(&settings);
    service.sign_up("minji");
    service.sql().run("UPDATE users SET email_verified = TRUE");
    let folder = service.home().path().join("mail");
    for (language, words) in [
        ("en", "A code to log in to your account"),
        ("ko", "로그인 코드 요청이 들어왔습니다"),
    ] {
        let before = Mail::in_folder(&folder).len();
        let call = service.post("/login/code", &address(EMAIL));
        call.header("accept-language", language).send().assert(202);
        wait_until(|| Mail::in_folder(&folder).len() > before);
        let code = service.mailbox().code(Purpose::LogIn, EMAIL);
        let mails = Mail::in_folder(&folder);
        let mail = mails.last().unwrap();
        assert!(mail.text().contains(words), "{}", mail.text());
        assert!(mail.text().contains(&code), "{}", mail.text());
        assert!(!mail.text().contains("dmc_"), "{}", mail.text());
    }
}

#[test]
fn unverified_address_is_sent_the_mail_of_a_reset() {
    let service = TestService::start_with_mail(&[ON]);
    service.sign_up("minji");
    let mailbox = service.mailbox();
    service
        .post("/login/code", &address(EMAIL))
        .send()
        .assert(202);
    wait_until(|| mailbox.count(Purpose::ResetPassword, EMAIL) == 1);
    assert_eq!(mailbox.count(Purpose::LogIn, EMAIL), 0);
}

#[test]
fn pending_signup_is_sent_its_verification_mail() {
    let service = TestService::start_with_mail(&[ON, "--email-verification=required"]);
    let body = json!({ "username": "minji", "email": EMAIL, "password": PASSWORD });
    service.post("/signup", &body).send().assert(202);
    let mailbox = service.mailbox();
    service
        .post("/login/code", &address(EMAIL))
        .send()
        .assert(202);
    wait_until(|| mailbox.count(Purpose::SignUp, EMAIL) == 2);
}

#[test]
fn requests_for_codes_have_a_quota_of_their_own() {
    let service = start_with(&["--rate-limits=on", "--limit-mail-requests=1000"]);
    let mailbox = service.mailbox();
    service.request_password_reset(EMAIL);
    let code = || {
        let call = service.post("/login/code", &address(EMAIL));
        call.send().assert(202);
        wait_until(|| mailbox.requests_waiting() == 0);
    };
    code();
    assert_eq!(mailbox.count(Purpose::LogIn, EMAIL), 1);
    let first = mailbox.code(Purpose::LogIn, EMAIL);
    code();
    assert_eq!(mailbox.code(Purpose::LogIn, EMAIL), first, "one a minute");
}

#[test]
fn unknown_address_gets_the_same_response_and_no_mail() {
    let service = start_with(&[]);
    let mailbox = service.mailbox();
    let before = mailbox.kinds();
    let reply = |email: &str| {
        service
            .post("/login/code", &address(email))
            .send()
            .assert(202)
    };
    assert_eq!(
        reply("unknown@example.com").text,
        reply("another@example.com").text
    );
    wait_until(|| mailbox.requests_waiting() == 0);
    assert_eq!(mailbox.kinds(), before);
    let known = reply(EMAIL).text;
    assert_eq!(known, reply("unknown@example.com").text);
}

#[test]
fn proof_of_work_is_required_where_the_mode_says_so() {
    let service = TestService::start_now_with(&[ON, "--captcha=always", "--mail-url=log:"]);
    let call = |captcha: Option<String>| {
        let body = json!({ "email": EMAIL, "captcha": captcha });
        service.post("/login/code", &body).send()
    };
    call(None).assert_problem(403, "captcha_required");
    call(Some(String::from("wrong"))).assert_problem(403, "captcha_invalid");
    let proof = service.proof();
    call(Some(proof.clone())).assert(202);
    call(Some(proof)).assert_problem(403, "captcha_invalid");
}

#[test]
fn adaptive_mode_requires_a_proof_after_ten_failures_of_the_client_ip_and_not_of_the_mailbox() {
    let flags = [
        ON,
        "--captcha=adaptive",
        "--mail-url=log:",
        "--rate-limits=on",
        "--limit-network-failures=1000",
    ];
    let service = TestService::start_now_with(&flags);
    service.sign_up("minji");
    let request = |email: &str| service.post("/login/code", &address(email)).send();
    let fail = |identifier: &str| {
        let body = json!({ "identifier": identifier, "password": "wrong" });
        let reply = service.post("/login", &body).send();
        reply.assert_problem(401, "invalid_credentials");
    };
    let unknown = ["a1", "b2", "c3", "d4", "e5", "f6"];
    ["minji"; 3].into_iter().chain(unknown).for_each(fail);
    request(EMAIL).assert(202);
    fail("g7");
    for email in [EMAIL, "unknown@example.com"] {
        request(email).assert_problem(403, "captcha_required");
    }
    let body = json!({ "email": EMAIL, "captcha": service.proof() });
    service.post("/login/code", &body).send().assert(202);
}
