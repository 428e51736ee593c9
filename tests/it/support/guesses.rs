//! Attempts at a password, and their rejections.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::{Call, Reply, TestService};

/// Rate limits on, except the one in front of the routes, which has its own clock. Calls may set
/// their client IP.
const FLAGS: [&str; 4] = [
    "--rate-limits=on",
    "--limit-log-ins=10000",
    "--limit-sign-ups=10000",
    "--trusted-proxies=127.0.0.1",
];

pub fn start_with(flags: &[&str]) -> TestService {
    TestService::start_with(&[&FLAGS[..], flags].concat())
}

pub fn start() -> TestService {
    start_with(&[])
}

pub fn body(identifier: &str, password: &str) -> Value {
    json!({ "identifier": identifier, "password": password })
}

/// Returns the call from a client IP that no other call has.
pub fn from_anywhere(call: Call) -> Call {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0x2000_0000);
    let address = std::net::Ipv4Addr::from(NEXT.fetch_add(1, Ordering::Relaxed));
    call.header("x-forwarded-for", &address.to_string())
}

pub fn log_in(service: &TestService, body: &Value) -> Reply {
    from_anywhere(service.post("/login", body)).send()
}

pub fn guess(service: &TestService, identifier: &str) -> Reply {
    log_in(service, &body(identifier, "wrong"))
}

/// Counts the attempts that were hashed. The others must be rejected.
#[track_caller]
pub fn hashed(replies: &[Reply]) -> usize {
    for reply in replies {
        assert!([401, 429].contains(&reply.status), "{}", reply.text);
    }
    replies.iter().filter(|reply| reply.status == 401).count()
}

/// Asserts a rejection without a hash. Returns the seconds to wait and the name of the limit.
#[track_caller]
pub fn refused(reply: Reply) -> (u64, String) {
    let reply = reply.assert_problem(429, "too_many_requests");
    let state = reply.lines("ratelimit")[0].to_owned();
    let name = state.split('"').nth(1).unwrap().to_owned();
    let wait = reply.header("retry-after").parse().unwrap();
    assert_eq!(state, format!("\"{name}\";r=0;t={wait}"));
    assert!(reply.lines("ratelimit-policy")[0].starts_with(&format!("\"{name}\";q=")));
    (wait, name)
}

#[track_caller]
pub fn assert_waits(reply: Reply, wait: Duration) {
    assert_eq!(refused(reply), (wait.as_secs(), "failures".into()));
}

/// Returns everything in a reply that could distinguish it from another.
pub fn shape(reply: &Reply) -> (u16, BTreeMap<String, Vec<String>>, Value) {
    let mut headers: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (name, value) in &reply.headers {
        // Each worker lists the exposed headers in its own order.
        let own = ["date", "x-request-id", "access-control-expose-headers"];
        if !own.contains(&name.as_str()) {
            let value = value.to_str().unwrap().to_owned();
            headers.entry(name.to_string()).or_default().push(value);
        }
    }
    (reply.status, headers, reply.repeatable())
}

/// Fails with both identifiers until the account is locked. Returns the number of failures.
pub fn lock(service: &TestService) -> usize {
    let mut failures = 0;
    for identifier in ["minji", "minji@example.com"].into_iter().cycle() {
        let reply = guess(service, identifier);
        if reply.status == 401 {
            failures += 1;
            service.pass(Duration::from_mins(15));
        } else {
            let (_, name) = refused(reply);
            assert_eq!(name, "account-failures");
            return failures;
        }
    }
    unreachable!()
}
