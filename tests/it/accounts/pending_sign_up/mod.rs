//! Signup and login with `DAEMUN_EMAIL_VERIFICATION=required`.

mod lifecycle;
mod secrecy;

use std::time::Duration;

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, TestService};

/// The password that an attacker chooses.
const GUEST: &str = "An-Uninvited-9-visitor";

const HOUR: Duration = Duration::from_hours(1);

const REQUIRED: &str = "--email-verification=required";

fn sign_up(service: &TestService, username: &str, email: &str) -> Reply {
    sign_up_with(service, username, email, PASSWORD)
}

fn sign_up_with(service: &TestService, username: &str, email: &str, password: &str) -> Reply {
    let body = json!({ "username": username, "email": email, "password": password });
    service.post("/signup", &body).send()
}

fn log_in(service: &TestService, identifier: &str, password: &str) -> Reply {
    let body = json!({ "identifier": identifier, "password": password });
    service.post("/login", &body).send()
}

fn verify(service: &TestService, body: &Value) -> Reply {
    service.post("/email/verify", body).send()
}

/// Signs up and verifies the address. Returns the account.
fn join(service: &TestService, name: &str) -> Value {
    let email = format!("{name}@example.com");
    sign_up(service, name, &email).assert(202);
    let token = service.mailbox().token(Purpose::SignUp, &email);
    let body = json!({ "token": token, "password": PASSWORD });
    verify(service, &body).assert(200).json
}
