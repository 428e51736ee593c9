//! The codes that depend on the second factors of an account.

use serde_json::json;

use super::{gate::Gate, request::with_body};
use crate::support::{Reply, Service, authenticator_app::AuthenticatorApp};

impl Gate {
    /// Causes a code that depends on second factors. Each account has its own.
    pub(super) fn cause_by_second_factor(&self, operation: &str, code: &str) -> Option<Reply> {
        let service = &self.service;
        let sign_up = || {
            service
                .sign_up(&format!("{}-{code}", operation.replace('_', "-")))
                .token
        };
        let send = |token: &str, typed: &str| {
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
                send(&token, "000000")
            }
            ("verify_totp", "totp_not_started") => send(&self.minji.token, "000000"),
            ("verify_totp", "code_invalid") => {
                let token = sign_up();
                set_up_totp(service, &token);
                send(&token, "none")
            }
            _ => return None,
        };
        Some(reply)
    }
}

/// Begins to set up an app. Returns its present code.
pub(super) fn set_up_totp(service: &Service, token: &str) -> String {
    let call = service.post("/me/totp", &json!({})).bearer(token);
    let setup = call.send().assert(200).json;
    let app = AuthenticatorApp::scan(&setup);
    app.code_at(daemun::clock::Clock::system().now())
}

/// Sets up an app.
pub(super) fn enable_totp(service: &Service, token: &str) {
    let body = json!({ "code": set_up_totp(service, token) });
    let call = service.post("/me/totp/verify", &body).bearer(token);
    call.send().assert(200);
}
