//! The codes that depend on passkeys.

use serde_json::{Value, json};

use super::{
    by_second_factor::enable_totp,
    gate::{Gate, PUBLIC},
    request::{log_in, request, with_body},
};
use crate::support::{Authenticator, Call, Home, PASSWORD, Reply, Service};

/// An account with a passkey.
pub(super) struct Owner {
    pub(super) token: String,
    pub(super) passkey: Authenticator,
}

impl Owner {
    /// Signs up and registers a passkey.
    pub(super) fn sign_up(service: &Service, name: &str) -> Self {
        let token = service.sign_up(name).token;
        let mut passkey = authenticator();
        let body = registration(service, &token, &mut passkey);
        let call = service.post("/me/passkeys", &body).bearer(&token);
        call.send().assert(201);
        Self { token, passkey }
    }
}

fn authenticator() -> Authenticator {
    Authenticator::new("app.example.com", "https://app.example.com")
}

/// Returns the body of a registration.
pub(super) fn registration(service: &Service, token: &str, passkey: &mut Authenticator) -> Value {
    let call = service.post("/me/passkeys/options", &json!({}));
    let started = call.bearer(token).send().assert(200).json;
    let credential = passkey.create(&started["options"]);
    json!({ "ceremony": started["ceremony"], "name": "Key", "credential": credential })
}

/// Returns the body of a login.
pub(super) fn assertion(service: &Service, passkey: &Authenticator) -> Value {
    let started = service.post("/login/passkey/options", &json!({})).send();
    let started = started.assert(200).json;
    let credential = passkey.get(&started["options"]);
    json!({ "ceremony": started["ceremony"], "credential": credential })
}

/// Returns the challenge of a login whose account has a second factor.
pub(super) fn challenge(service: &Service, name: &str) -> Value {
    let reply = service.post("/login", &log_in(name, PASSWORD)).send();
    let reply = reply.assert_problem(401, "second_factor_required");
    reply.json["challenge"].clone()
}

impl Gate {
    /// Causes a code that depends on passkeys. Each has its own account or service.
    pub(super) fn cause_by_passkey(&self, operation: &str, code: &str) -> Option<Reply> {
        let second_step = json!({ "ceremony": "dmp_none", "credential": {} });
        let call = match (operation, code) {
            ("create_second_factor_options", "passkeys_not_configured" | "challenge_expired") => {
                with_challenge(&self.service, operation, code, json!({}))
            }
            ("log_in_with_second_factor", "passkeys_not_configured") => {
                with_challenge(&self.service, operation, code, second_step)
            }
            ("confirm_session", "passkeys_not_configured") => {
                let account = self.service.sign_up("confirming");
                enable_totp(&self.service, &account.token);
                let call = self.service.post("/me/confirm", &second_step);
                return Some(call.bearer(&account.token).send());
            }
            (_, "passkeys_not_configured") => request(&self.service, operation),
            _ => return cause_configured(operation, code),
        };
        Some(call.bearer(&self.minji.token).send())
    }
}

/// Returns a second step of an account with an authenticator app.
fn with_challenge(service: &Service, operation: &str, code: &str, mut body: Value) -> Call {
    let name = format!("{}{}", &operation[..3], &code[..3]);
    let account = service.sign_up(&name);
    enable_totp(service, &account.token);
    body["challenge"] = if code == "challenge_expired" {
        json!("dmx_none")
    } else {
        challenge(service, &name)
    };
    with_body(service, operation, body.to_string().as_bytes())
}

/// Causes a code of a service with a domain.
fn cause_configured(operation: &str, code: &str) -> Option<Reply> {
    let start = || Service::start_with(&PUBLIC);
    let post = |service: &Service, path: &str, body: Value, token: &str| {
        service.post(path, &body).bearer(token).send()
    };
    let reply = match (operation, code) {
        ("log_in_with_passkey", "account_disabled") => {
            let service = start();
            let owner = Owner::sign_up(&service, "disabled");
            let disable = service
                .command()
                .args(["user", "disable", "disabled"])
                .output();
            assert!(disable.unwrap().status.success());
            let body = assertion(&service, &owner.passkey);
            service.post("/login/passkey", &body).send()
        }
        ("log_in_with_passkey", "email_not_verified") => unverified(),
        ("register_passkey", "confirmation_required") => {
            let service = start();
            let token = service.sign_up("minji").token;
            let body = registration(&service, &token, &mut authenticator());
            service.sql().run("UPDATE sessions SET confirmed_at = 0");
            post(&service, "/me/passkeys", body, &token)
        }
        ("log_in_with_passkey", "passkey_invalid") => request(&start(), operation).send(),
        ("log_in_with_passkey" | "create_second_factor_options", "too_many_requests") => {
            let limits = [("DAEMUN_RATE_LIMITS", "on"), ("DAEMUN_LIMIT_LOG_INS", "1")];
            let service = Service::start_with(&[&PUBLIC[..], &limits].concat());
            request(&service, operation).send();
            request(&service, operation).send()
        }
        ("log_in_with_second_factor", "passkey_invalid") => {
            let service = start();
            Owner::sign_up(&service, "minji");
            let body = json!({
                "challenge": challenge(&service, "minji"), "ceremony": "dmp_none",
                "credential": {}
            });
            service.post("/login/second-factor", &body).send()
        }
        ("create_second_factor_options" | "create_confirmation_options", "passkey_not_found") => {
            let service = start();
            let token = service.sign_up("minji").token;
            enable_totp(&service, &token);
            let body = if operation == "create_confirmation_options" {
                json!({})
            } else {
                json!({ "challenge": challenge(&service, "minji") })
            };
            let call = with_body(&service, operation, body.to_string().as_bytes());
            call.bearer(&token).send()
        }
        ("confirm_session", "passkey_invalid") => {
            let service = start();
            let token = Owner::sign_up(&service, "minji").token;
            let body = json!({ "ceremony": "dmp_none", "credential": {} });
            post(&service, "/me/confirm", body, &token)
        }
        ("register_passkey", "passkey_invalid") => {
            let service = start();
            let token = service.sign_up("minji").token;
            request(&service, operation).bearer(&token).send()
        }
        ("register_passkey", "passkey_already_registered") => {
            let service = start();
            let Owner { token, mut passkey } = Owner::sign_up(&service, "minji");
            let body = registration(&service, &token, &mut passkey);
            post(&service, "/me/passkeys", body, &token)
        }
        ("register_passkey" | "create_passkey_options", "passkey_limit_reached") => {
            let service = start();
            let token = Owner::sign_up(&service, "minji").token;
            let late = registration(&service, &token, &mut authenticator());
            for _ in 1..20 {
                let body = registration(&service, &token, &mut authenticator());
                post(&service, "/me/passkeys", body, &token).assert(201);
            }
            match operation {
                "register_passkey" => post(&service, "/me/passkeys", late, &token),
                _ => post(&service, "/me/passkeys/options", json!({}), &token),
            }
        }
        _ => return None,
    };
    Some(reply)
}

/// Logs in by passkey to an account that was created before verification was required.
fn unverified() -> Reply {
    let home = Home::new();
    let before = Service::try_start_in(&home, &PUBLIC).unwrap();
    let owner = Owner::sign_up(&before, "minji");
    drop(before);
    let strict = [
        ("DAEMUN_MAIL_URL", "file://mail"),
        ("DAEMUN_EMAIL_VERIFICATION", "required"),
    ];
    let service = Service::try_start_in(&home, &[&PUBLIC[..], &strict].concat()).unwrap();
    let body = assertion(&service, &owner.passkey);
    service.post("/login/passkey", &body).send()
}
