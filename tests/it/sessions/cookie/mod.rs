//! Session cookies.

mod attributes;
mod domain;
mod parsing;

use serde_json::json;

use crate::support::{PASSWORD, Reply, Service};

pub(super) fn log_in(service: &Service, remember: bool) -> Reply {
    let body = json!({
        "identifier": "minji", "password": PASSWORD, "transport": "cookie", "remember": remember
    });
    service.post("/login", &body).send().assert(200)
}
