//! The codes of a login with a mailed code.

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use super::{
    by_second_factor::enable_totp,
    gate::Gate,
    request::{request, with_body},
};
use crate::support::{Reply, Service};

/// Returns the body of a login with the right code of an address.
pub(super) fn right_code(service: &Service, email: &str) -> Value {
    let now = daemun::clock::Clock::system().now();
    let mailbox = service.mailbox();
    mailbox.forge(Purpose::LogIn, email, now);
    json!({ "email": email, "code": mailbox.code(Purpose::LogIn, email) })
}

impl Gate {
    /// Causes a code of a login with a mailed code.
    pub(super) fn cause_by_email_code(&self, operation: &str, code: &str) -> Option<Reply> {
        let service = &self.service;
        let log_in = |email: &str| {
            let body = right_code(service, email);
            service.post("/login/code/verify", &body).send()
        };
        let reply = match (operation, code) {
            ("request_log_in_code" | "log_in_with_code", "not_found") => {
                request(&Service::start(), operation).send()
            }
            ("request_log_in_code", "captcha_required" | "captcha_invalid") => {
                let strict = Service::start_with(&[
                    ("DAEMUN_CAPTCHA", "always"),
                    ("DAEMUN_MAIL_URL", "file://mail"),
                    ("DAEMUN_EMAIL_LOG_IN", "on"),
                ]);
                let captcha = (code == "captcha_invalid").then_some("no solution");
                let body = json!({ "email": "minji@example.com", "captcha": captcha });
                with_body(&strict, operation, body.to_string().as_bytes()).send()
            }
            ("log_in_with_code", "code_invalid") => request(service, operation).send(),
            ("log_in_with_code", "account_disabled") => {
                let ended = service.sign_up("ended");
                let disabling = "UPDATE users SET disabled = TRUE WHERE username_key = 'ended'";
                service.sql().run(disabling);
                log_in(&ended.email)
            }
            ("log_in_with_code", "second_factor_required") => {
                let locked = service.sign_up("locked");
                enable_totp(service, &locked.token);
                log_in(&locked.email)
            }
            _ => return None,
        };
        Some(reply)
    }
}
