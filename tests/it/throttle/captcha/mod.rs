//! `GET /captcha`, and the proofs of work that signup and login require.

mod adaptive_logins;
mod adaptive_signups;
mod proofs;

use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, Service, TestService};

const ADAPTIVE: (&str, &str) = ("DAEMUN_CAPTCHA", "adaptive");

const LIMITS: (&str, &str) = ("DAEMUN_RATE_LIMITS", "on");

fn new_account(name: &str) -> Value {
    json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD })
}

fn credentials(identifier: &str, password: &str) -> Value {
    json!({ "identifier": identifier, "password": password })
}

fn proven(mut body: Value, proof: &str) -> Value {
    body["captcha"] = json!(proof);
    body
}

fn sign_up(service: &Service, name: &str, proof: &str) -> Reply {
    let body = proven(new_account(name), proof);
    service.post("/signup", &body).send()
}

fn log_in(service: &Service, identifier: &str, proof: &str) -> Reply {
    let body = proven(credentials(identifier, PASSWORD), proof);
    service.post("/login", &body).send()
}

/// Starts a service with the adaptive CAPTCHA and without other limits, with an account.
fn adaptive() -> TestService {
    let flags = [
        "--captcha=adaptive",
        "--rate-limits=on",
        "--limit-network-failures=1000",
    ];
    let service = TestService::start_now_with(&flags);
    service.sign_up("minji");
    service
}
