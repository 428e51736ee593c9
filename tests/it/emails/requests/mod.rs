//! Requests for mail by address alone: their limits, their rows and the mail that they become.

mod delivery;
mod limits;

use serde_json::{Value, json};

use crate::support::Call;

const MAIL: (&str, &str) = ("DAEMUN_MAIL_URL", "file://mail");

const LIMITS: (&str, &str) = ("DAEMUN_RATE_LIMITS", "on");

const PROXY: (&str, &str) = ("DAEMUN_TRUSTED_PROXIES", "127.0.0.1");

const ROUTES: [&str; 2] = ["/password/forgot", "/email/resend"];

fn address(name: &str) -> Value {
    json!({ "email": format!("{name}@example.com") })
}

/// Returns the call as this client makes it from behind a trusted proxy.
fn from(client: &str, call: Call) -> Call {
    call.header("x-forwarded-for", client)
}
