//! A valid request of every operation.

use serde_json::{Value, json};

use crate::support::{Authenticator, Call, PASSWORD, Service};

/// Returns a valid request of an operation, without a session.
pub(super) fn request(service: &Service, operation: &str) -> Call {
    let confirmation = json!({ "password": PASSWORD });
    let change =
        json!({ "current_password": PASSWORD, "new_password": "Another-Staple-8-lantern" });
    match operation {
        "sign_up" => service.post("/signup", &new_account("new")),
        "log_in" => service.post("/login", &log_in("minji", PASSWORD)),
        "request_log_in_code" => {
            service.post("/login/code", &json!({ "email": "minji@example.com" }))
        }
        "log_in_with_code" => {
            let body = json!({ "email": "minji@example.com", "code": "none" });
            service.post("/login/code/verify", &body)
        }
        "log_out" => service.call("POST", "/logout"),
        "get_captcha" => service.get("/captcha"),
        "get_session" => service.get("/session"),
        "get_config" => service.get("/config"),
        "get_me" => service.get("/me"),
        "update_me" => service
            .call("PATCH", "/me")
            .json(&json!({ "username": "renamed" })),
        "delete_me" => service.call("DELETE", "/me"),
        "export_me" => service.get("/me/export"),
        "list_events" => service.get("/me/events"),
        "confirm_session" => service.post("/me/confirm", &confirmation),
        "change_password" => service.call("PUT", "/me/password").json(&change),
        "verify_email" => service.post("/email/verify", &json!({ "code": "000000" })),
        "resend_verification" => service.post("/email/resend", &json!({})),
        "change_email" => service
            .call("PUT", "/me/email")
            .json(&json!({ "email": "other@example.com" })),
        "forgot_password" => {
            service.post("/password/forgot", &json!({ "email": "minji@example.com" }))
        }
        "reset_password" => service.post("/password/reset", &reset_by_token(&no_token())),
        "get_verification_page" => service.get("/email/verify"),
        "get_password_reset_page" => service.get("/password/reset"),
        "log_in_with_second_factor" => service.post(
            "/login/second-factor",
            &json!({ "challenge": format!("dmx_{}", "A".repeat(43)), "code": "000000" }),
        ),
        "get_second_factors" => service.get("/me/second-factors"),
        "set_up_totp" => service.post("/me/totp", &json!({})),
        "verify_totp" => service.post("/me/totp/verify", &json!({ "code": "000000" })),
        "disable_totp" => service.call("DELETE", "/me/totp"),
        "create_recovery_codes" => service.post("/me/recovery-codes", &json!({})),
        "create_passkey_log_in_options" => service.post("/login/passkey/options", &json!({})),
        "log_in_with_passkey" => service.post("/login/passkey", &unknown_passkey(service)),
        "create_second_factor_options" => {
            let body = json!({ "challenge": format!("dmx_{}", "A".repeat(43)) });
            service.post("/login/second-factor/options", &body)
        }
        "create_confirmation_options" => service.post("/me/confirm/options", &json!({})),
        "create_passkey_options" => service.post("/me/passkeys/options", &json!({})),
        "register_passkey" => {
            let body = json!({ "ceremony": "dmp_none", "name": "Key", "credential": {} });
            service.post("/me/passkeys", &body)
        }
        "rename_passkey" => service
            .call("PATCH", &format!("/me/passkeys/{NO_SESSION}"))
            .json(&json!({ "name": "Key" })),
        "remove_passkey" => service.call("DELETE", &format!("/me/passkeys/{NO_SESSION}")),
        "list_devices" => service.get("/me/devices"),
        "forget_device" => service.call("DELETE", &format!("/me/devices/{NO_SESSION}")),
        "forget_other_devices" => service.call("DELETE", "/me/devices"),
        "list_sessions" => service.get("/sessions"),
        "end_session" => service.call("DELETE", &format!("/sessions/{NO_SESSION}")),
        "end_other_sessions" => service.call("DELETE", "/sessions"),
        "forward_auth" => service.get("/forward-auth"),
        "forward_auth_path" => service.get("/forward-auth/app"),
        "introspect" => service
            .call("POST", "/introspect")
            .body("application/x-www-form-urlencoded", b"token=x"),
        "create_access_token" => service.call("POST", "/token"),
        "get_key_set" => service.get("/.well-known/jwks.json"),
        "get_authorization_server" => service.get("/.well-known/oauth-authorization-server"),
        "get_openid_configuration" => service.get("/.well-known/openid-configuration"),
        "get_change_password_page" => service.get("/.well-known/change-password"),
        "get_health" => service.get("/healthz"),
        "get_readiness" => service.get("/readyz"),
        "get_openapi" => service.get("/openapi.json"),
        "list_problems" => service.get("/problems"),
        "get_problem_page" => service.get("/problems/internal"),
        unknown => panic!("{unknown} is a new operation: state how it succeeds"),
    }
}

pub(super) const NO_SESSION: &str = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c";

/// Returns the login of a passkey that no account has.
fn unknown_passkey(service: &Service) -> Value {
    let started = service
        .post("/login/passkey/options", &json!({}))
        .send()
        .json;
    let mut passkey = Authenticator::new("app.example.com", "https://app.example.com");
    passkey.user_handle = Some(String::from("none"));
    let credential = passkey.get(&started["options"]);
    let ceremony = started["ceremony"].as_str().unwrap_or("none");
    json!({ "ceremony": ceremony, "credential": credential })
}

pub(super) fn new_account(name: &str) -> Value {
    json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD })
}

pub(super) fn log_in(identifier: &str, password: &str) -> Value {
    json!({ "identifier": identifier, "password": password })
}

/// Returns a well-formed token of no challenge.
pub(super) fn no_token() -> String {
    format!("dmc_{}", "A".repeat(64))
}

pub(super) fn reset_by_token(token: &str) -> Value {
    json!({ "token": token, "new_password": "Another-Staple-8-lantern" })
}

/// Returns a request of an operation with another body.
pub(super) fn with_body(service: &Service, operation: &str, body: &[u8]) -> Call {
    request(service, operation).body("application/json", body)
}
