//! The login with a mailed code.

mod log_in;
mod mails;
mod wrong_codes;

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use crate::support::{Reply, TestService, wait_until};

const EMAIL: &str = "minji@example.com";

const ON: &str = "--email-log-in=on";

/// Starts a service with an account whose address is verified.
fn start_with(flags: &[&str]) -> TestService {
    let service = TestService::start_with_mail(&[&[ON], flags].concat());
    service.sign_up("minji");
    service.sql().run("UPDATE users SET email_verified = TRUE");
    service
}

fn start() -> TestService {
    start_with(&[])
}

fn address(email: &str) -> Value {
    json!({ "email": email })
}

/// Requests a code and waits for its mail. Returns the code.
fn request(service: &TestService) -> String {
    let mailbox = service.mailbox();
    let before = mailbox.kinds().len();
    service
        .post("/login/code", &address(EMAIL))
        .send()
        .assert(202);
    wait_until(|| mailbox.kinds().len() > before);
    mailbox.code(Purpose::LogIn, EMAIL)
}

fn log_in(service: &TestService, code: &str) -> Reply {
    let body = json!({ "email": EMAIL, "code": code });
    service.post("/login/code/verify", &body).send()
}
