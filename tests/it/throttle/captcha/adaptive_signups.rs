//! The adaptive CAPTCHA of signups.

use std::{io::Write, net::TcpStream, time::Duration};

use serde_json::{Value, json};

use super::{ADAPTIVE, LIMITS, new_account, proven};
use crate::support::{Service, TestService, count, send_at_once, wait_until};

#[test]
fn adaptive_requires_a_proof_after_three_signups_of_a_client_ip_an_hour() {
    let service = TestService::start_now_with(&["--captcha=adaptive", "--rate-limits=on"]);
    let sign_up = |name: &str| service.post("/signup", &new_account(name)).send();
    for name in ["ann", "bob", "cho"] {
        sign_up(name).assert(201);
    }
    for _ in 0..3 {
        sign_up("dan").assert_problem(403, "captcha_required");
    }
    let body = proven(new_account("dan"), &service.proof());
    service.post("/signup", &body).send().assert(201);
    sign_up("eve").assert_problem(403, "captcha_required");
    service.pass_almost(Duration::from_hours(1));
    sign_up("eve").assert_problem(403, "captcha_required");
    service.pass(Duration::from_micros(1));
    sign_up("eve").assert(201);
}

#[test]
fn concurrent_signups_pass_as_often_as_consecutive_ones() {
    let service = Service::start_with(&[ADAPTIVE, LIMITS]);
    let replies = send_at_once((0..8).map(|number| {
        let body = new_account(&format!("person{number}"));
        service.post("/signup", &body)
    }));
    assert_eq!([count(&replies, 201), count(&replies, 403)], [3, 5]);
}

#[test]
fn signups_at_another_replica_count_too() {
    let one = Service::start_with(&[ADAPTIVE, LIMITS]);
    let two = Service::try_start_in(one.home(), &[ADAPTIVE, LIMITS]).unwrap();
    for name in ["ann", "bob", "cho"] {
        one.post("/signup", &new_account(name)).send().assert(201);
    }
    let fourth = |service: &Service| service.post("/signup", &new_account("dan")).send();
    for _ in 0..5 {
        fourth(&two).assert_problem(403, "captcha_required");
    }
    let body = proven(new_account("dan"), &two.proof());
    two.post("/signup", &body).send().assert(201);
}

#[test]
fn a_failed_signup_counts_too() {
    let service = Service::start_with(&[ADAPTIVE, LIMITS]);
    let sign_up = |body: &Value| service.post("/signup", body).send();
    sign_up(&new_account("ann")).assert(201);
    sign_up(&new_account("ann")).assert(409);
    let mut common = new_account("bob");
    common["password"] = json!("Password123!");
    sign_up(&common).assert(422);
    sign_up(&new_account("bob")).assert_problem(403, "captcha_required");
}

#[test]
fn a_signup_of_a_disconnected_client_counts_too() {
    let service = Service::start_with(&[
        ADAPTIVE,
        LIMITS,
        ("DAEMUN_LIMIT_SIGN_UPS", "1000"),
        ("DAEMUN_BCRYPT_COST", "12"),
        ("DAEMUN_HASH_WORKERS", "1"),
    ]);
    let mut tries = 0;
    wait_until(|| {
        tries += 1;
        let mut stream = TcpStream::connect(service.address()).unwrap();
        let is_alive = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
        stream.write_all(is_alive.as_bytes()).unwrap();
        stream.peek(&mut [0]).unwrap();
        let body = new_account(&format!("person{tries}")).to_string();
        let length = body.len();
        let sign_up = format!(
            "POST /signup HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(sign_up.as_bytes()).unwrap();
        service.get("/healthz").send().assert(200);
        // Closing a connection with an unread response sends a reset, which ends its request.
        drop(stream);
        let mut sql = service.sql();
        let counted: i64 = sql
            .numbers("SELECT count AS number FROM counters")
            .iter()
            .sum();
        counted > sql.numbers("SELECT count(*) AS number FROM users")[0]
    });
}

#[test]
fn signups_of_one_client_ip_do_not_affect_another() {
    let service = Service::start_with(&[ADAPTIVE, LIMITS, ("DAEMUN_TRUSTED_PROXIES", "127.0.0.1")]);
    let sign_up = |name: &str, from: &str| {
        let call = service.post("/signup", &new_account(name));
        call.header("x-forwarded-for", from).send()
    };
    for (name, from) in [
        ("ann", "2001:db8::1"),
        ("bob", "2001:db8::2"),
        ("cho", "2001:db8::3"),
    ] {
        sign_up(name, from).assert(201);
    }
    sign_up("dan", "2001:db8::4").assert_problem(403, "captcha_required");
    sign_up("dan", "2001:db8:0:1::1").assert(201);
    sign_up("eve", "192.0.2.1").assert(201);
}

#[test]
fn without_rate_limits_adaptive_never_requires_a_proof() {
    let service = Service::start_with(&[ADAPTIVE]);
    for number in 0..6 {
        service.sign_up(&format!("person{number}"));
    }
}
