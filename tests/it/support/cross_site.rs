//! A service that other origins may call, for tests of the cross-site rule and of CORS.

use serde_json::json;

use super::{Call, PASSWORD, Service};

/// An origin that the service allows, and one that it rejects.
pub const APP: &str = "https://app.example.com";
pub const EVIL: &str = "https://evil.example";

/// Starts a service that two other origins may call. Returns it with the cookie of an account.
pub fn gate() -> (Service, String) {
    let origins = "https://app.example.com, http://localhost:5173";
    let service = Service::start_with(&[("DAEMUN_CORS_ORIGINS", origins)]);
    service.sign_up("minji");
    let body = json!({ "identifier": "minji", "password": PASSWORD, "transport": "cookie" });
    let cookie = service.post("/login", &body).send().assert(200).cookie();
    (service, cookie)
}

/// Returns an unsafe request that changes nothing.
pub fn unsafe_call(service: &Service, cookie: &str) -> Call {
    let call = service.call("PATCH", "/me").json(&json!({}));
    call.cookie(cookie)
}
