//! Limits of changes of email and username, and of codes that are guessed in a session.

mod accounts;
mod codes;

use std::time::Duration;

use serde_json::json;

use crate::support::{Reply, TestService, guesses::from_anywhere};

const HOUR: Duration = Duration::from_hours(1);

fn start(flags: &[&str]) -> TestService {
    let usual = [
        "--rate-limits=on",
        "--limit-sign-ups=10000",
        "--trusted-proxies=127.0.0.1",
    ];
    TestService::start_with_mail(&[&usual, flags].concat())
}

fn change(service: &TestService, token: &str, email: &str) -> Reply {
    let body = json!({ "email": email });
    let call = service.call("PUT", "/me/email").bearer(token).json(&body);
    from_anywhere(call).send()
}
