//! Client IPs: an IPv4 address, or an IPv6 /64 with larger quotas for its /56 and its /48.

use std::time::Duration;

use serde_json::json;

use crate::support::{
    PASSWORD, Reply, TestService,
    guesses::{body, refused, start, start_with},
};

const MINUTE: Duration = Duration::from_mins(1);

fn log_in(service: &TestService, ip: &str, identifier: &str, password: &str) -> Reply {
    let call = service.post("/login", &body(identifier, password));
    call.header("x-forwarded-for", ip).send()
}

/// Fails until a limit applies, each time with another identifier and from the next of these
/// addresses. Returns how often.
fn failures(service: &TestService, addresses: impl Iterator<Item = String>) -> usize {
    let mut failures = 0;
    for address in addresses {
        let reply = log_in(service, &address, &format!("nobody{address}"), "wrong");
        if reply.status != 401 {
            assert_eq!(refused(reply).1, "network-failures");
            return failures;
        }
        failures += 1;
    }
    failures
}

#[test]
fn a_56_has_four_times_the_failures_and_a_48_sixteen_times() {
    let service = start();
    service.sign_up("minji");
    let in_56 = (0..).map(|number| format!("2001:db8:1:2{:02x}::1", number % 256));
    assert_eq!(failures(&service, in_56), 40);
    // The limit rejects right passwords from inside the prefix and no password from outside.
    assert_eq!(
        refused(log_in(&service, "2001:db8:1:2ff::9", "minji", PASSWORD)).1,
        "network-failures"
    );
    log_in(&service, "2001:db8:1:3ff::9", "minji", PASSWORD).assert(200);
    let in_48 = (0x10..).map(|number| format!("2001:db8:1:{:02x}00::1", number % 256));
    assert_eq!(failures(&service, in_48), 160 - 40);
    assert_eq!(
        refused(log_in(&service, "2001:db8:1:3ff::9", "minji", PASSWORD)).1,
        "network-failures"
    );
    log_in(&service, "2001:db8:2:3ff::9", "minji", PASSWORD).assert(200);
    service.pass(MINUTE);
    log_in(&service, "2001:db8:1:2ff::9", "minji", PASSWORD).assert(200);
}

#[test]
fn an_ipv4_address_shares_its_quota_with_no_other() {
    let service = start();
    let addresses = (0..200).map(|number| format!("203.0.113.{number}"));
    assert_eq!(failures(&service, addresses), 200);
    let counters = "SELECT COUNT(*) AS number FROM counters";
    assert_eq!(service.sql().numbers(counters), [400]);
}

#[test]
fn a_56_has_four_times_the_signups_and_failures_before_a_proof_is_required() {
    let service = start_with(&["--captcha=adaptive"]);
    let sign_up = |number: usize, ip: &str| {
        let name = format!("person{number}");
        let email = format!("{name}@example.com");
        let body = json!({ "username": name, "email": email, "password": PASSWORD });
        let call = service.post("/signup", &body);
        call.header("x-forwarded-for", ip).send()
    };
    for number in 0..12 {
        sign_up(number, &format!("2001:db8:1:2{number:02x}::1")).assert(201);
    }
    sign_up(12, "2001:db8:1:2ff::1").assert_problem(403, "captcha_required");
    sign_up(12, "2001:db8:1:3ff::1").assert(201);
    // Ten failures an hour are free for each client, forty for the /56 of four clients.
    for minute in 0..5 {
        for number in 0..8 {
            let ip = format!("2001:db8:5:2{:02x}::1", 8 * minute + number);
            log_in(&service, &ip, &format!("nobody{ip}"), "wrong").assert(401);
        }
        service.pass(MINUTE);
    }
    let ip = "2001:db8:5:2ff::1";
    log_in(&service, ip, "none", "wrong").assert_problem(403, "captcha_required");
    log_in(&service, "2001:db8:5:3ff::1", "none", "wrong").assert(401);
}
