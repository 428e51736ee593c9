//! The limits on wrong invitations.

use std::time::Duration;

use super::{body, token_for};
use crate::support::{Reply, TestService, guesses};

fn start() -> TestService {
    TestService::start_now_with(&[
        "--sign-up=invited",
        "--rate-limits=on",
        "--trusted-proxies=127.0.0.1",
    ])
}

fn sign_up(service: &TestService, client: &str, name: &str, invitation: &str) -> Reply {
    let call = service.post("/signup", &body(name, invitation));
    call.header("x-forwarded-for", client).send()
}

#[test]
fn wrong_invitations_of_a_client_ip_cause_a_backoff() {
    let service = start();
    let invitation = token_for(&service, &["--uses", "10"]);
    for _ in 0..5 {
        let reply = sign_up(&service, "203.0.113.1", "minji", "wrong");
        reply.assert_problem(403, "invitation_invalid");
    }
    // A right one is not looked up meanwhile.
    let reply = sign_up(&service, "203.0.113.1", "minji", &invitation);
    guesses::assert_waits(reply, Duration::from_mins(1));
    sign_up(&service, "203.0.113.2", "jisoo", &invitation).assert(201);
    service.pass(Duration::from_mins(1));
    sign_up(&service, "203.0.113.1", "minji", &invitation).assert(201);
}

#[test]
fn right_invitations_are_not_counted() {
    let service = start();
    let invitation = token_for(&service, &["--uses", "10"]);
    for number in 0..7 {
        let name = format!("minji{number}");
        sign_up(&service, "203.0.113.1", &name, &invitation).assert(201);
    }
    for _ in 0..5 {
        let reply = sign_up(&service, "203.0.113.1", "other", "wrong");
        reply.assert_problem(403, "invitation_invalid");
    }
    sign_up(&service, "203.0.113.1", "other", "wrong").assert_problem(429, "too_many_requests");
}
