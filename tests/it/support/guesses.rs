//! Tries at a password, and how the service refuses them.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::{Call, Reply, TestService};

/// Limits on, apart from those of the shield, which has a clock of its own; every call may come from a network of its own.
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

/// A call from a network that nobody else comes from.
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

/// How many of these were hashed; the others were refused.
#[track_caller]
pub fn hashed(replies: &[Reply]) -> usize {
    for reply in replies {
        assert!([401, 429].contains(&reply.status), "{}", reply.text);
    }
    replies.iter().filter(|reply| reply.status == 401).count()
}

/// Refused without a look at the password; the seconds to wait and the name of the limit.
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

/// Everything of an answer that could tell one from another.
pub fn shape(reply: &Reply) -> (u16, BTreeMap<String, Vec<String>>, Value) {
    let mut headers: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (name, value) in &reply.headers {
        // Each worker lists the exposed headers in an order of its own.
        let own = ["date", "x-request-id", "access-control-expose-headers"];
        if !own.contains(&name.as_str()) {
            let value = value.to_str().unwrap().to_owned();
            headers.entry(name.to_string()).or_default().push(value);
        }
    }
    (reply.status, headers, reply.repeatable())
}

/// Fails with both identifiers until the account is shut to strangers; how often that was.
pub fn shut(service: &TestService) -> usize {
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
