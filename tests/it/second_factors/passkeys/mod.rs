//! Passkeys: registered, used to log in, renamed and removed.

mod bad_input;
mod confirm;
mod counters;
mod log_in;
mod manage;
mod races;
mod register;
mod relying_party;
mod second_step;

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use crate::support::{Authenticator, PASSWORD, Reply, TestService};

const RP_ID: &str = "app.example.com";
const ORIGIN: &str = "https://app.example.com";

fn start() -> TestService {
    TestService::start_with_mail(&["--public-url=https://app.example.com"])
}

fn authenticator() -> Authenticator {
    Authenticator::new(RP_ID, ORIGIN)
}

/// Creates an account with a verified address. Returns its token.
fn verified(service: &TestService, name: &str) -> String {
    let token = service.sign_up(name);
    let email = format!("{name}@example.com");
    let code = service.mailbox().code(Purpose::VerifyEmail, &email);
    let body = json!({ "code": code });
    let call = service.post("/email/verify", &body).bearer(&token);
    call.send().assert(200);
    token
}

/// Opens a session of an account without a second factor. Returns its token.
fn log_in_with_password(service: &TestService, name: &str) -> String {
    let body = json!({ "identifier": name, "password": PASSWORD });
    service.post("/login", &body).send().assert(200).token()
}

fn registration_options(service: &TestService, token: &str) -> Value {
    let call = service.post("/me/passkeys/options", &json!({}));
    call.bearer(token).send().assert(200).json
}

fn send_registration(
    service: &TestService,
    token: &str,
    ceremony: &Value,
    credential: &Value,
) -> Reply {
    let body = json!({ "ceremony": ceremony, "name": "Phone", "credential": credential });
    service.post("/me/passkeys", &body).bearer(token).send()
}

/// Registers the passkey of an authenticator.
fn register(service: &TestService, token: &str, passkey: &mut Authenticator) -> Reply {
    let started = registration_options(service, token);
    let credential = passkey.create(&started["options"]);
    send_registration(service, token, &started["ceremony"], &credential)
}

fn log_in_options(service: &TestService) -> Value {
    let call = service.post("/login/passkey/options", &json!({}));
    call.send().assert(200).json
}

fn send_log_in(service: &TestService, ceremony: &Value, credential: &Value) -> Reply {
    let body = json!({ "ceremony": ceremony, "credential": credential });
    service.post("/login/passkey", &body).send()
}

fn log_in(service: &TestService, passkey: &Authenticator) -> Reply {
    let started = log_in_options(service);
    let credential = passkey.get(&started["options"]);
    send_log_in(service, &started["ceremony"], &credential)
}

fn factors(service: &TestService, token: &str) -> Value {
    let call = service.get("/me/second-factors").bearer(token);
    call.send().assert(200).json
}

/// Returns an account with a passkey.
fn account_with_passkey(service: &TestService, name: &str) -> (String, Authenticator) {
    let token = service.sign_up(name);
    let mut passkey = authenticator();
    register(service, &token, &mut passkey).assert(201);
    (token, passkey)
}
