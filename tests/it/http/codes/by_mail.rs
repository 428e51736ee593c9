//! The codes that depend on mail.

use std::{io::Write, process::Stdio};

use daemun::domain::credential::challenge::Purpose;
use serde_json::json;

use super::{
    gate::Gate,
    request::{log_in, new_account, no_token, request, reset_by_token, with_body},
};
use crate::support::{PASSWORD, Reply, Service};

impl Gate {
    /// Causes a code that depends on mail.
    pub(super) fn cause_by_mail(&self, operation: &str, code: &str) -> Option<Reply> {
        let Self { service, minji, .. } = self;
        let mailbox = service.mailbox();
        let verify = |service: &Service, token: String, password: &str| {
            let body = json!({ "token": token, "password": password });
            service.post("/email/verify", &body)
        };
        let call = match (operation, code) {
            (_, "mail_not_configured") => {
                let mute = Service::start();
                return Some(request(&mute, operation).send());
            }
            (_, "token_invalid") => {
                let mut body = json!({ "token": no_token() });
                if operation == "reset_password" {
                    body = reset_by_token(&no_token());
                }
                with_body(service, operation, body.to_string().as_bytes()).bearer(&minji.token)
            }
            ("verify_email", "code_invalid") => request(service, operation).bearer(&minji.token),
            ("reset_password", "code_invalid") => {
                let mut body = json!({ "email": minji.email, "code": "none" });
                body["new_password"] = json!(PASSWORD);
                service.post("/password/reset", &body)
            }
            ("verify_email", "invalid_credentials") => {
                let token = mailbox.token(Purpose::VerifyEmail, &minji.email);
                verify(service, token, "wrong")
            }
            ("verify_email", "account_disabled") => {
                let closed = service.sign_up("closed");
                let token = mailbox.token(Purpose::VerifyEmail, &closed.email);
                let shutting = "UPDATE users SET disabled = TRUE WHERE username_key = 'closed'";
                service.sql().run(shutting);
                verify(service, token, PASSWORD)
            }
            ("reset_password", "account_disabled") => {
                let barred = service.sign_up("barred");
                let now = daemun::clock::Clock::system().now();
                let token = mailbox.forge(Purpose::ResetPassword, &barred.email, now);
                let barring = "UPDATE users SET disabled = TRUE WHERE username_key = 'barred'";
                service.sql().run(barring);
                let mut body = reset_by_token(&token);
                body["transport"] = json!("token");
                service.post("/password/reset", &body)
            }
            ("verify_email", "username_taken") => return Some(late("late", "other@example.com")),
            ("verify_email", "email_taken") => return Some(late("other", "late@example.com")),
            ("log_in", "email_not_verified") => {
                let strict = strict();
                let waiting = strict.post("/signup", &new_account("late")).send();
                waiting.assert(202);
                return Some(strict.post("/login", &log_in("late", PASSWORD)).send());
            }
            _ => return None,
        };
        Some(call.send())
    }
}

pub(super) fn strict() -> Service {
    Service::start_with(&[
        ("DAEMUN_MAIL_URL", "file://mail"),
        ("DAEMUN_EMAIL_VERIFICATION", "required"),
    ])
}

/// Verifies a signup after an operator has given its username or address to another account.
pub(super) fn late(username: &str, email: &str) -> Reply {
    let strict = strict();
    let waiting = strict.post("/signup", &new_account("late")).send();
    waiting.assert(202);
    let mut operator = strict.command();
    operator.env("DAEMUN_EMAIL_VERIFICATION", "off");
    operator.args(["user", "create", username, email]);
    let mut child = operator.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(PASSWORD.as_bytes()).unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success());
    let token = strict.mailbox().token(Purpose::SignUp, "late@example.com");
    let body = json!({ "token": token, "password": PASSWORD });
    strict.post("/email/verify", &body).send()
}
