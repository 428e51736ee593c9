//! Accounts of a server under measurement, and requests in their name.

use serde_json::{Value, json};

use super::server::Server;

/// The password of every account.
pub const PASSWORD: &str = "Correct-Horse-7-battery";

/// Creates an account and returns its session token.
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

/// Returns the bytes of a `GET /me` request with this token.
pub fn me(token: &str) -> Vec<u8> {
    format!("GET /me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n")
        .into_bytes()
}
