//! `POST /signup`.

mod accounts;
mod domains;
mod fields;

use serde_json::{Value, json};

use crate::support::{Reply, Service};

fn body(username: &str, email: &str, password: &str) -> Value {
    json!({ "username": username, "email": email, "password": password })
}

fn sign_up(service: &Service, username: &str, email: &str, password: &str) -> Reply {
    let body = body(username, email, password);
    service.post("/signup", &body).send()
}
