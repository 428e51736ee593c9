//! `display_name` and `profile`: set at signup, changed by `PATCH /me`.

mod changes;
mod rules;
mod sign_up;

use serde_json::{Value, json};

use crate::support::{Call, PASSWORD, Reply, Service};

/// Returns the body of a signup with further members.
fn body(name: &str, more: &Value) -> Value {
    let email = format!("{name}@example.com");
    let mut body = json!({ "username": name, "email": email, "password": PASSWORD });
    for (member, value) in more.as_object().unwrap() {
        body[member] = value.clone();
    }
    body
}

fn sign_up(service: &Service, name: &str, more: &Value) -> Reply {
    service.post("/signup", &body(name, more)).send()
}

fn changing(service: &Service, token: &str, change: &Value) -> Call {
    let call = service.call("PATCH", "/me").json(change);
    call.bearer(token)
}

fn change(service: &Service, token: &str, change: &Value) -> Reply {
    changing(service, token, change).send()
}

fn me(service: &Service, token: &str) -> Value {
    service.get("/me").bearer(token).send().assert(200).json
}
