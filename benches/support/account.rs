//! An account at a server under measurement, and what is asked in its name.

use serde_json::{Value, json};

use super::Server;

/// Everybody's.
pub const PASSWORD: &str = "Correct-Horse-7-battery";

/// Makes an account, and returns the token of its session.
pub fn sign_up(server: &Server, name: &str) -> String {
    let body = json!({
        "username": name,
        "email": format!("{name}@example.com"),
        "password": PASSWORD,
    });
    let reply = ureq::post(&format!("http://{}/signup", server.address)).send_json(&body);
    let reply: Value = reply.unwrap().into_body().read_json().unwrap();
    reply["session"]["token"].as_str().unwrap().to_owned()
}

/// The bytes of a request for the account that this token belongs to.
pub fn me(token: &str) -> Vec<u8> {
    format!("GET /me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n")
        .into_bytes()
}
