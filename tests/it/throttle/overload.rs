//! Overload: logins that would wait too long for a hash are rejected at once.

use std::time::Instant;

use serde_json::json;

use crate::support::{Service, at_once};

#[test]
fn logins_beyond_the_hash_deadline_are_rejected_at_once() {
    // One hash takes most of a second, which is longer than any login may wait.
    let service = Service::start_with(&[
        ("DAEMUN_BCRYPT_COST", "14"),
        ("DAEMUN_HASH_WORKERS", "1"),
        ("DAEMUN_HASH_LANES", "1"),
        ("DAEMUN_HASH_DEADLINE", "100ms"),
    ]);
    let log_in = || {
        let body = json!({ "identifier": "nobody", "password": "wrong" });
        let sent = Instant::now();
        let reply = service.post("/login", &body).send();
        (reply, sent.elapsed())
    };
    let (refused, hashed): (Vec<_>, Vec<_>) = at_once([log_in; 8])
        .into_iter()
        .partition(|(reply, _)| reply.status == 503);
    let hashed = hashed.into_iter().map(|(reply, took)| {
        reply.assert_problem(401, "invalid_credentials");
        took
    });
    let shortest_hash = hashed.min().expect("one is hashed");
    let refused: Vec<_> = refused
        .into_iter()
        .map(|(reply, took)| {
            let reply = reply.assert_problem(503, "overloaded");
            let seconds: u64 = reply.header("retry-after").parse().unwrap();
            assert!((1..60).contains(&seconds), "{seconds}");
            took
        })
        .collect();
    assert!(
        refused.iter().all(|took| *took < shortest_hash),
        "nothing is hashed for them: {refused:?}, {shortest_hash:?}"
    );
    assert!(!refused.is_empty(), "the others are refused");
    let (again, _) = log_in();
    again.assert_problem(401, "invalid_credentials");
}
