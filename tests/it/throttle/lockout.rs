//! Lockouts of accounts.

use std::time::Duration;

use serde_json::json;

use crate::support::{
    PASSWORD, Service,
    guesses::{body, guess, lock, log_in, refused, shape, start, start_with},
};

const MINUTE: Duration = Duration::from_mins(1);

const DAY: Duration = Duration::from_hours(24);

#[test]
fn a_hundred_consecutive_failures_lock_an_account() {
    let service = start();
    service.sign_up("minji");
    assert_eq!(lock(&service), 100);
    // The lockout lasts for days and for every client IP. An unregistered name behaves alike.
    service.pass(DAY * 7);
    let right = log_in(&service, &body("minji", PASSWORD));
    assert_eq!(refused(right).1, "account-failures");
    for _try in 0..100 {
        guess(&service, "nobody").assert(401);
        service.pass(MINUTE * 15);
    }
    service.pass(DAY * 7);
    let unknown = guess(&service, "nobody");
    assert_eq!(shape(&unknown), shape(&guess(&service, "minji")));
}

#[test]
fn a_login_from_a_recognized_device_ends_the_lockout() {
    let service = start_with(&["--limit-account-failures=10"]);
    let reply = service.post(
        "/signup",
        &json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD }),
    );
    let reply = reply.send().assert(201);
    assert_eq!(lock(&service), 10);
    let mut known = body("minji", PASSWORD);
    known["device_token"] = reply.json["device_token"].clone();
    log_in(&service, &known).assert(200);
    log_in(&service, &body("minji", PASSWORD)).assert(200);
    assert_eq!(lock(&service), 10);
    // A stolen device has the same number of failures, however slowly it tries.
    known["password"] = json!("wrong");
    for _try in 0..10 {
        service.pass(DAY * 2);
        log_in(&service, &known).assert(401);
    }
    service.pass(DAY * 2);
    assert_eq!(refused(log_in(&service, &known)).1, "account-failures");
}

#[test]
fn an_operator_ends_the_lockout() {
    let limits = [
        ("DAEMUN_RATE_LIMITS", "on"),
        ("DAEMUN_LIMIT_FAILURES", "100"),
        ("DAEMUN_LIMIT_ACCOUNT_FAILURES", "10"),
        ("DAEMUN_LIMIT_NETWORK_FAILURES", "1000"),
        ("DAEMUN_LIMIT_LOG_INS", "1000"),
    ];
    let service = Service::start_with(&limits);
    service.sign_up("minji");
    let log_in = |password| service.post("/login", &body("minji", password)).send();
    for (command, stdin, password) in [
        ("unlock", "", PASSWORD),
        (
            "set-password",
            "Another-Staple-8-lantern\n",
            "Another-Staple-8-lantern",
        ),
    ] {
        while log_in("wrong").status == 401 {}
        assert_eq!(refused(log_in(password)).1, "account-failures");
        let reported = operator(&service, command, stdin);
        assert!(reported.contains("minji"), "{reported}");
        log_in(password).assert(200);
    }
}

fn operator(service: &Service, command: &str, stdin: &str) -> String {
    use std::{io::Write, process::Stdio};
    let mut child = service
        .command()
        .args(["user", command, "minji"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(stdin.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}
