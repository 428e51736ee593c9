//! Mailed invitations: the mail in both languages, and signups with its token.

use serde_json::json;

use super::{body, done, invite, list, sign_up};
use crate::support::{Behaviour, Mail, MailServer, PASSWORD, Service, wait_until};

const PAGE: &str = "https://app.example.com/signup?lang=ko";

fn settings<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("DAEMUN_MAIL_URL", "file://mail"),
        ("DAEMUN_SIGN_UP", "invited"),
        ("DAEMUN_APP_NAME", "Example"),
    ];
    [&usual, more].concat()
}

/// Creates invitations for this address. Returns the mail.
fn invited(service: &Service, arguments: &[&str]) -> Mail {
    let before = mails(service).len();
    let output = done(service.command(), &[&["create"], arguments].concat());
    assert!(output.starts_with("the running service mails invitation "));
    assert!(!output.contains("dmi_"), "{output}");
    wait_until(|| mails(service).len() > before);
    mails(service).pop().unwrap()
}

fn mails(service: &Service) -> Vec<Mail> {
    Mail::in_folder(&service.home().path().join("mail"))
}

/// Returns the token in a mail.
fn token_in(mail: &Mail) -> String {
    let text = mail.text();
    let (_, rest) = text.split_once("dmi_").expect("a token");
    format!("dmi_{}", &rest[..43])
}

#[test]
fn the_mail_links_to_the_page_of_the_app_in_either_language() {
    let service = Service::start_with(&settings(&[("DAEMUN_INVITATION_URL", PAGE)]));
    let mail = invited(&service, &["--email", "minji@example.com"]);
    assert_eq!(mail.to, "minji@example.com");
    let text = mail.text();
    for part in [
        "You are invited to create an account at Example.",
        "Valid until: ",
        &format!("Sign up:\n{PAGE}#invitation=dmi_"),
        "ignore this message",
    ] {
        assert!(text.replace("\r\n", "\n").contains(part), "{part}: {text}");
    }
    let korean = invited(
        &service,
        &["--email", "jisoo@example.com", "--language", "ko"],
    );
    let text = korean.text();
    for part in [
        "Example에 가입하실 수 있도록 초대합니다.",
        "유효 기한: ",
        "가입하기:",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_ne!(token_in(&mail), token_in(&korean));
}

#[test]
fn without_a_page_the_mail_contains_the_token() {
    let service = Service::start_with(&settings(&[]));
    let mail = invited(
        &service,
        &["--email", "minji@example.com", "--expires", "1h"],
    );
    let text = mail.text().replace("\r\n", "\n");
    let token = token_in(&mail);
    let shown = format!("Your invitation, to enter at signup:\n\n    {token}\n");
    assert!(text.contains(&shown), "{text}");
    assert!(!text.contains("http"), "{text}");
    sign_up(&service, "minji", &token).assert(201);
    let used = &list(service.command())[0];
    assert_eq!(used[1..3], ["used", ""], "the address is deleted");
}

#[test]
fn a_mailed_invitation_proves_the_mailbox_and_overrides_the_domains() {
    let service = Service::start_with(&settings(&[
        ("DAEMUN_EMAIL_VERIFICATION", "required"),
        ("DAEMUN_EMAIL_DOMAINS_ALLOWED", "example.net"),
        ("DAEMUN_EMAIL_DOMAINS_DENIED", "example.com"),
    ]));
    let mail = invited(
        &service,
        &["--email", "Minji@example.com", "--role", "editor"],
    );
    let token = token_in(&mail);
    sign_up(&service, "other", &token).assert_problem(403, "invitation_invalid");
    let key = "0123456789abcdef";
    let send = || {
        let call = service.post("/signup", &body("minji", &token));
        call.header("idempotency-key", key).send()
    };
    let reply = send().assert(201);
    assert_eq!(reply.json["user"]["email_verified"], true);
    assert_eq!(reply.json["user"]["roles"], json!(["editor"]));
    assert_eq!(send().assert(201).json["user"], reply.json["user"]);
    sign_up(&service, "again", &token).assert_problem(403, "invitation_invalid");
    service.log_in("minji@example.com");
    // The invitation is the verification, so no further mail was sent.
    assert_eq!(mails(&service).len(), 1);
}

#[test]
fn a_mailed_invitation_for_an_account_is_email_taken() {
    let service = Service::start_with(&settings(&[("DAEMUN_EMAIL_VERIFICATION", "required")]));
    let first = invited(&service, &["--email", "minji@example.com"]);
    sign_up(&service, "minji", &token_in(&first)).assert(201);
    let second = invited(&service, &["--email", "minji@example.com"]);
    let mut again = body("other", &token_in(&second));
    again["email"] = json!("minji@example.com");
    let reply = service.post("/signup", &again).send();
    assert_eq!(
        reply.assert_problem(409, "email_taken").refused(),
        ["email email_taken"]
    );
}

#[test]
fn a_pending_username_is_taken_for_an_invited_signup() {
    let service = Service::start_with(&[
        ("DAEMUN_MAIL_URL", "file://mail"),
        ("DAEMUN_EMAIL_VERIFICATION", "required"),
    ]);
    let pending = json!({ "username": "minji", "email": "a@example.com", "password": PASSWORD });
    service.post("/signup", &pending).send().assert(202);
    wait_until(|| mails(&service).len() == 1);
    let mail = invited(&service, &["--email", "minji@example.com"]);
    let reply = sign_up(&service, "minji", &token_in(&mail));
    reply.assert_problem(409, "username_taken");
}

#[test]
fn revoking_withdraws_a_mail_that_waits() {
    let server = MailServer::start();
    server.behave(Behaviour::TempFail);
    let url = server.url("?tls=off");
    let service = Service::start_with(&[
        ("DAEMUN_MAIL_URL", &url),
        ("DAEMUN_MAIL_FROM", "no-reply@example.com"),
    ]);
    done(
        service.command(),
        &["create", "--email", "minji@example.com"],
    );
    wait_until(|| service.log().contains("mail.delayed"));
    let id = list(service.command())[0][0].clone();
    done(service.command(), &["revoke", &id]);
    let mut sql = service.sql();
    let states = sql.texts(
        "SELECT state AS text FROM outbox WHERE $1 = '' AND $2 = ''",
        "",
        "",
    );
    assert_eq!(states, ["expired"]);
}

#[test]
fn without_mail_no_invitation_is_created_for_an_address() {
    let service = Service::start();
    let output = invite(
        service.command(),
        &["create", "--email", "minji@example.com"],
    );
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("set DAEMUN_MAIL_URL"), "{error}");
    assert!(list(service.command()).is_empty());
}
