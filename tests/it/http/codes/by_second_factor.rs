//! The codes that depend on the second factors of an account.

use daemun::{clock::Clock, domain::credential::challenge::Purpose};
use serde_json::{Value, json};

use super::{
    gate::Gate,
    request::{log_in, new_account, request, reset_by_token, with_body},
};
use crate::support::{Call, PASSWORD, Reply, Service, authenticator_app::AuthenticatorApp};

impl Gate {
    /// Causes a code that depends on second factors. Each account has its own.
    pub(super) fn cause_by_second_factor(&self, operation: &str, code: &str) -> Option<Reply> {
        let service = &self.service;
        let name = format!("{}-{}", code.len(), operation.replace('_', "-"));
        let sign_up = || service.sign_up(&name).token;
        let verify = |token: &str, typed: &str| {
            let body = json!({ "code": typed }).to_string();
            let call = with_body(service, "verify_totp", body.as_bytes());
            call.bearer(token).send()
        };
        let reply = match (operation, code) {
            ("set_up_totp", "totp_already_enabled") => {
                let token = sign_up();
                enable_totp(service, &token);
                let call = service.post("/me/totp", &json!({}));
                call.bearer(&token).send()
            }
            ("verify_totp", "totp_already_enabled") => {
                let token = sign_up();
                enable_totp(service, &token);
                verify(&token, "000000")
            }
            ("verify_totp", "totp_not_started") => verify(&self.minji.token, "000000"),
            ("verify_totp", "code_invalid") => {
                let token = sign_up();
                set_up_totp(service, &token);
                verify(&token, "none")
            }
            ("log_in_with_second_factor", _) => return second_step(service, code),
            (_, "second_factor_required") => first_step(service, operation, &name).send(),
            _ => return None,
        };
        Some(reply)
    }
}

/// Returns a request for a session of an account with an app, which lacks the second factor.
fn first_step(service: &Service, operation: &str, name: &str) -> Call {
    let key = format!("retry-of-the-signup-{name}");
    let sign_up = || {
        let call = service.post("/signup", &new_account(name));
        call.header("idempotency-key", &key)
    };
    let token = sign_up().send().assert(201).token();
    enable_totp(service, &token);
    let (email, mailbox) = (format!("{name}@example.com"), service.mailbox());
    let mut body = match operation {
        "sign_up" => return sign_up(),
        "verify_email" => {
            let code = mailbox.code(Purpose::VerifyEmail, &email);
            json!({ "email": email, "code": code, "password": PASSWORD })
        }
        "reset_password" => {
            // A reset that is the first proof of the mailbox removes the factors instead.
            service.sql().run("UPDATE users SET email_verified = TRUE");
            reset_by_token(&mailbox.forge(Purpose::ResetPassword, &email, Clock::system().now()))
        }
        _ => log_in(name, PASSWORD),
    };
    body["transport"] = json!("token");
    with_body(service, operation, body.to_string().as_bytes())
}

/// Causes a code of the second step of a login.
fn second_step(service: &Service, code: &str) -> Option<Reply> {
    let name = code.replace('_', "-");
    let begin = |transport: &str| waiting(service, &name, transport);
    let call = match code {
        "code_invalid" => begin("token"),
        "insecure_transport" => begin("cookie")
            .header("host", "gate.example")
            .header("origin", "http://gate.example"),
        "cross_site_cookie" => begin("cookie").header("sec-fetch-site", "cross-site"),
        "origin_not_allowed" => begin("cookie").header("origin", "https://evil.example"),
        "challenge_expired" => request(service, "log_in_with_second_factor"),
        "too_many_requests" => {
            let limits = [("DAEMUN_RATE_LIMITS", "on"), ("DAEMUN_LIMIT_FAILURES", "1")];
            let strict = Service::start_with(&limits);
            waiting(&strict, "first", "token").send().assert(422);
            let again = challenge(&strict, "first", "token");
            return Some(step(&strict, &again, "none").send());
        }
        _ => return None,
    };
    Some(call.send())
}

/// Signs up, sets an app up and logs in. Returns the second step with a wrong code.
pub(super) fn waiting(service: &Service, name: &str, transport: &str) -> Call {
    enable_totp(service, &service.sign_up(name).token);
    step(service, &challenge(service, name, transport), "none")
}

/// Returns the challenge of a login.
fn challenge(service: &Service, name: &str, transport: &str) -> String {
    let mut body = log_in(name, PASSWORD);
    body["transport"] = json!(transport);
    let reply = service.post("/login", &body).send();
    let reply = reply.assert_problem(401, "second_factor_required");
    reply.json["challenge"].as_str().unwrap().to_owned()
}

fn step(service: &Service, challenge: &str, code: &str) -> Call {
    let body: Value = json!({ "challenge": challenge, "code": code });
    service.post("/login/second-factor", &body)
}

/// Logs in with a recovery code.
pub(super) fn with_recovery_code(service: &Service, token: &str) -> Call {
    let codes = enable_totp(service, token);
    let challenge = challenge(service, "minji", "token");
    let body = json!({ "challenge": challenge, "recovery_code": codes[0] });
    service.post("/login/second-factor", &body)
}

/// Begins to set up an app. Returns its present code.
pub(super) fn set_up_totp(service: &Service, token: &str) -> String {
    let call = service.post("/me/totp", &json!({})).bearer(token);
    let setup = call.send().assert(200).json;
    let app = AuthenticatorApp::scan(&setup);
    app.code_at(Clock::system().now())
}

/// Sets up an app. Returns the recovery codes.
pub(super) fn enable_totp(service: &Service, token: &str) -> Value {
    let body = json!({ "code": set_up_totp(service, token) });
    let call = service.post("/me/totp/verify", &body).bearer(token);
    call.send().assert(200).json["recovery_codes"].clone()
}
