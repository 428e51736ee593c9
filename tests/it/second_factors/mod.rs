//! Second factors.

mod added_factors;
mod bodies;
mod confirmation;
mod guesses;
mod log_in;
mod passkeys;
mod recovery_codes;
mod removal;
mod reset;
mod totp;
mod trusted_devices;
mod ways_in;

use serde_json::{Value, json};

use crate::support::{Call, TestService, authenticator_app::AuthenticatorApp};

/// Starts a service that writes mails, with one account whose email is verified. Returns the token
/// of its session.
fn with_mail(flags: &[&str]) -> (TestService, String) {
    let flags = [&["--email-verification=off"], flags].concat();
    let service = TestService::start_with_mail(&flags);
    let token = service.sign_up("minji");
    service.sql().run("UPDATE users SET email_verified = TRUE");
    (service, token)
}

/// Begins to set up an app in a session. Returns the app and the response.
fn begin_totp(service: &TestService, token: &str) -> (AuthenticatorApp, Value) {
    let call = service.post("/me/totp", &json!({})).bearer(token);
    let setup = call.send().assert(200).json;
    (AuthenticatorApp::scan(&setup), setup)
}

/// Returns the call that sends a code of the set-up.
fn verify_totp(service: &TestService, token: &str, code: &str) -> Call {
    let call = service.post("/me/totp/verify", &json!({ "code": code }));
    call.bearer(token)
}

/// Returns the second factors of the session's account.
fn overview(service: &TestService, token: &str) -> Value {
    let call = service.get("/me/second-factors").bearer(token);
    call.send().assert(200).json
}

/// Returns the number of mails of this kind.
fn mails(service: &TestService, kind: &str) -> usize {
    let kinds = service.mailbox().kinds();
    kinds.iter().filter(|sent| *sent == kind).count()
}
