//! Faults of a PostgreSQL server: no request hangs, no acknowledged write is lost, and the service
//! recovers by itself.

mod connections;
mod losses;
mod server;
mod starts;

use serde_json::json;

use crate::support::{Call, PASSWORD, Reply, Service};

/// Returns a signup as `name`.
fn sign_up(service: &Service, name: &str) -> Call {
    let email = format!("{name}@example.com");
    service.post(
        "/signup",
        &json!({ "username": name, "email": email, "password": PASSWORD }),
    )
}

/// Asserts a 503 that asks the client to retry and reveals nothing else.
#[track_caller]
fn assert_away(reply: Reply) {
    let reply = reply.assert_problem(503, "database_unavailable");
    let seconds: u64 = reply.header("retry-after").parse().unwrap();
    assert!((1..60).contains(&seconds), "{seconds}");
    for cause in ["connection", "server", "statement", "postgres", "relation"] {
        assert!(!reply.text.contains(cause), "{}", reply.text);
    }
}

/// Asserts that reads and writes work.
#[track_caller]
fn assert_well(service: &Service, token: &str, name: &str) {
    service.get("/me").bearer(token).send().assert(200);
    sign_up(service, name).send().assert(201);
    service.get("/readyz").send().assert(200);
}
