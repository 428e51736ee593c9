//! The client of an attack: logins with a wrong password.

use std::{net::SocketAddr, time::Duration};

use serde_json::json;
use ureq::Agent;

/// Returns an HTTP client.
pub fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_mins(1)))
        .build()
        .into()
}

/// Sends a login with a wrong password, with this client IP in a header. Returns the status.
pub fn log_in(agent: &Agent, address: SocketAddr, forwarded: &str, identifier: &str) -> u16 {
    let body = json!({ "identifier": identifier, "password": "wrong" });
    let mut response = agent
        .post(format!("http://{address}/login"))
        .header("x-forwarded-for", forwarded)
        .send_json(&body)
        .unwrap();
    // The body is read in full, so that the connection is kept.
    let _text = response.body_mut().read_to_string().unwrap();
    response.status().as_u16()
}
