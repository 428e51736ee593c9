//! Request bodies that every route rejects.

mod encoding;
mod json;

use crate::support::{Reply, Service};

fn log_in(service: &Service, body: &[u8]) -> Reply {
    let call = service.call("POST", "/login");
    call.body("application/json", body).send()
}
