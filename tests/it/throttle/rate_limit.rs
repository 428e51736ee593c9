//! The rate limit in front of signup and login, and its headers.

use std::{fs, thread};

use serde_json::{Value, json};

use crate::support::{Account, Call, PASSWORD, Reply, Service};

fn start(limit: &str) -> Service {
    Service::start_with(&[
        ("DAEMUN_RATE_LIMITS", "on"),
        ("DAEMUN_LIMIT_LOG_INS", limit),
        ("DAEMUN_LIMIT_SIGN_UPS", limit),
        ("DAEMUN_TRUSTED_PROXIES", "127.0.0.1"),
    ])
}

fn right() -> Value {
    json!({ "identifier": "minji", "password": PASSWORD })
}

/// Returns the remaining quota in the headers, and the seconds until it is full again.
fn reported(reply: &Reply) -> (u64, u64) {
    let state = reply
        .header("ratelimit")
        .strip_prefix("\"log-in\";r=")
        .unwrap();
    let (left, seconds) = state.split_once(";t=").unwrap();
    (left.parse().unwrap(), seconds.parse().unwrap())
}

#[test]
fn every_response_of_the_two_routes_states_the_remaining_quota() {
    let service = start("30");
    let signed_up = service
        .post(
            "/signup",
            &json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD }),
        )
        .send()
        .assert(201);
    assert_eq!(
        signed_up.header("ratelimit-policy"),
        "\"sign-up\";q=30;w=60"
    );
    assert_eq!(signed_up.header("ratelimit"), "\"sign-up\";r=29;t=2");
    let log_in = || service.call("POST", "/login");
    let calls: [(u16, Call); 6] = [
        (200, log_in().json(&right())),
        (
            401,
            log_in().json(&json!({ "identifier": "minji", "password": "wrong" })),
        ),
        (422, log_in().json(&json!({}))),
        (400, log_in().body("application/json", b"{")),
        (415, log_in().body("text/plain", b"{}")),
        (
            413,
            log_in().body("application/json", &vec![b' '; 17 * 1024]),
        ),
    ];
    for (least, (status, call)) in (0..=29).rev().zip(calls) {
        let reply = call.send().assert(status);
        assert_eq!(reply.header("ratelimit-policy"), "\"log-in\";q=30;w=60");
        let (left, seconds) = reported(&reply);
        // The quota grows by one every two seconds while the test runs.
        assert!((least..=29).contains(&left), "{left}");
        assert!((1..=2 * (30 - left)).contains(&seconds), "{seconds}");
    }
    let token = signed_up.token();
    let me = service.get("/me").bearer(&token).send().assert(200);
    assert!(me.lines("ratelimit").is_empty() && me.lines("ratelimit-policy").is_empty());
}

#[test]
fn a_request_beyond_the_limit_is_rejected_before_its_body() {
    let service = start("1");
    service.sign_up("minji");
    service.post("/login", &right()).send().assert(200);
    let calls = [
        service.post("/login", &right()),
        service.post("/login", &json!({})),
        service.call("POST", "/login").body("text/plain", b"{"),
        service.call("POST", "/login?again=1").json(&right()),
    ];
    for call in calls {
        let reply = call.send().assert_problem(429, "too_many_requests");
        assert_eq!(reply.header("ratelimit-policy"), "\"log-in\";q=1;w=60");
        let wait = reply.header("retry-after").parse::<u64>().unwrap();
        assert!((1..=60).contains(&wait));
        assert_eq!(reported(&reply), (0, wait));
    }
    // Other spellings of the path are no login, and another client IP has its own quota.
    for path in [
        "//login",
        "/login/",
        "/LOGIN",
        "/./login",
        "/login%2f",
        "/%6cogin",
    ] {
        let reply = service.post(path, &right()).send();
        assert!(
            [404, 429].contains(&reply.status),
            "{path} {}",
            reply.status
        );
    }
    let same_ip = |call: Call| call.header("x-forwarded-for", "203.0.113.1");
    same_ip(service.post("/login", &right())).send().assert(200);
    same_ip(service.post("/login", &right())).send().assert(429);
    service.get("/login").send().assert(405);
}

#[test]
fn memory_stays_bounded_under_many_client_ips() {
    let service = start("30");
    let Account { token, .. } = service.sign_up("minji");
    let flood = |networks: std::ops::Range<u32>| {
        thread::scope(|scope| {
            for part in 0..4_u32 {
                let (service, networks) = (&service, networks.clone());
                scope.spawn(move || {
                    for network in networks.filter(|network| network % 4 == part) {
                        let address = std::net::Ipv4Addr::from(0x0B00_0000 + network);
                        let call = service
                            .call("POST", "/login")
                            .body("application/json", b"{");
                        let call = call.header("x-forwarded-for", &address.to_string());
                        call.send().assert(400);
                    }
                });
            }
        });
    };
    // The process has allocated its own memory after the first requests.
    flood(0..1_000);
    let before = resident(service.pid());
    flood(1_000..13_000);
    let grown = resident(service.pid()).saturating_sub(before);
    println!("{before} KiB before and {grown} KiB more after 12,000 networks");
    assert!(grown < 16 * 1024, "{grown} KiB");
    service.get("/me").bearer(&token).send().assert(200);
}

/// Returns the resident memory of a process in KiB.
fn resident(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
