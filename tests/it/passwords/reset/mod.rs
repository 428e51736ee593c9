//! Password resets by mail.

mod accounts;
mod proofs;
mod session;

use serde_json::json;

use crate::support::{Reply, TestService};

const NEW: &str = "Another-Staple-8-lantern";

fn forgot(service: &TestService, email: &str) -> Reply {
    let reply = service.post("/password/forgot", &json!({ "email": email }));
    reply.send().assert(202)
}

fn reset(service: &TestService, token: &str) -> Reply {
    let body = json!({ "token": token, "new_password": NEW });
    service.post("/password/reset", &body).send()
}

fn log_in(service: &TestService, identifier: &str, password: &str) -> Reply {
    let body = json!({ "identifier": identifier, "password": password });
    service.post("/login", &body).send()
}
