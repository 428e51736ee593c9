//! Reservations of attempts before their hash: concurrent attempts, and waits for a reservation.

use std::time::Duration;

use serde_json::json;

use crate::support::{
    Call, Home, PASSWORD, Reply, Service,
    guesses::{assert_waits, body, from_anywhere, hashed, refused, start, start_with},
    send_at_once,
};

/// Overlapping hashes, unlimited waits between attempts, and no other limits.
const SETTINGS: [(&str, &str); 7] = [
    ("DAEMUN_RATE_LIMITS", "on"),
    ("DAEMUN_LIMIT_SIGN_UPS", "10000"),
    ("DAEMUN_LIMIT_LOG_INS", "10000"),
    ("DAEMUN_BCRYPT_COST", "10"),
    ("DAEMUN_HASH_DEADLINE", "60s"),
    ("DAEMUN_TRUSTED_PROXIES", "127.0.0.1"),
    ("DAEMUN_SECRET", "a secret of thirty-two characters"),
];

/// Returns the call from a client IP without failures.
fn from_one(call: Call) -> Call {
    call.header("x-forwarded-for", "203.0.113.9")
}

fn statuses(service: &Service, attempts: &[(&str, &str)]) -> Vec<u16> {
    let replies = send_at_once((0..attempts.len()).map(|number| {
        let (identifier, password) = attempts[number];
        from_one(service.post("/login", &body(identifier, password)))
    }));
    replies.iter().map(|reply| reply.status).collect()
}

#[test]
fn twenty_concurrent_logins_from_one_client_ip_succeed() {
    let service = Service::start_with(&SETTINGS);
    let names: Vec<_> = (0..20).map(|number| format!("person{number}")).collect();
    for name in &names {
        service.sign_up(name);
    }
    let right: Vec<_> = names.iter().map(|name| (name.as_str(), PASSWORD)).collect();
    assert_eq!(statuses(&service, &right), [200; 20]);
    // Their reservations are refunded: as many wrong passwords are hashed as before.
    let wrong = send_at_once((0..40).map(|number| {
        from_one(service.post("/login", &body(&format!("nobody{number}"), "wrong")))
    }));
    assert_eq!(hashed(&wrong), 10);
}

#[test]
fn twenty_concurrent_logins_to_one_account_succeed() {
    for captcha in ["off", "adaptive"] {
        let service =
            Service::start_with(&[&SETTINGS[..], &[("DAEMUN_CAPTCHA", captcha)]].concat());
        service.sign_up("minji");
        let right = [("minji", PASSWORD), ("minji@example.com", PASSWORD)].repeat(10);
        assert_eq!(statuses(&service, &right), [200; 20], "{captcha}");
    }
}

#[test]
fn a_right_password_waits_for_concurrent_wrong_ones() {
    let service = Service::start_with(&SETTINGS);
    service.sign_up("minji");
    let mut attempts = vec![("minji", "wrong"); 4];
    attempts.extend([("minji", PASSWORD); 8]);
    let mut expected = vec![401; 4];
    expected.extend([200; 8]);
    assert_eq!(statuses(&service, &attempts), expected);
    // For every identifier, five wrong passwords are hashed. The others are rejected once these fail.
    for identifier in ["minji", "nobody"] {
        let wrong = send_at_once(
            (0..30).map(|_| from_anywhere(service.post("/login", &body(identifier, "wrong")))),
        );
        let is_told = |reply: &&Reply| reply.status == 429;
        for reply in wrong.iter().filter(is_told) {
            assert!(reply.header("retry-after").parse::<u64>().unwrap() > 1);
        }
        assert!(hashed(&wrong) <= 5, "{identifier}");
    }
}

#[test]
fn replicas_wait_for_each_others_attempts() {
    let home = Home::new();
    let replicas = [(); 3].map(|()| Service::try_start_in(&home, &SETTINGS).unwrap());
    let names: Vec<_> = (0..20).map(|number| format!("person{number}")).collect();
    for name in &names {
        replicas[0].sign_up(name);
    }
    let from = |number: usize, body| from_one(replicas[number % 3].post("/login", &body));
    let right = send_at_once((0..20).map(|number| from(number, body(&names[number], PASSWORD))));
    let statuses: Vec<_> = right.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses, [200; 20]);
    let wrong =
        send_at_once((0..40).map(|number| from(number, body(&format!("nobody{number}"), "wrong"))));
    assert_eq!(hashed(&wrong), 10);
}

#[test]
fn an_unsettled_reservation_is_reported_with_retry_after_one_second() {
    let service = start_with(&["--hash-deadline=100ms"]);
    service.sign_up("minji");
    let log_in =
        |name: &str, password: &str| from_one(service.post("/login", &body(name, password))).send();
    log_in("nobody", "wrong").assert(401);
    // Like after a process was killed with nine attempts in flight.
    service
        .sql()
        .run("UPDATE counters SET count = 10, in_flight = 9");
    let (wait, name) = refused(log_in("minji", PASSWORD));
    assert_eq!((wait, name.as_str()), (1, "network-failures"));
    // These reservations count as failures in the end.
    service.pass(Duration::from_secs(11));
    let (wait, name) = refused(log_in("minji", PASSWORD));
    assert_eq!((wait, name.as_str()), (49, "network-failures"));
    service.pass(Duration::from_secs(49));
    log_in("minji", PASSWORD).assert(200);
}

#[test]
fn a_backoff_from_concurrent_attempts_is_reported_like_any_limit() {
    let service = start_with(&["--hash-deadline=100ms"]);
    service.sign_up("minji");
    for identifier in ["minji", "nobody"] {
        let log_in =
            |password| from_anywhere(service.post("/login", &body(identifier, password))).send();
        for _free in 0..5 {
            log_in("wrong").assert(401);
        }
        assert_waits(log_in("wrong"), Duration::from_mins(1));
        service
            .sql()
            .run("UPDATE failures SET in_flight = 1 WHERE count = 5");
        let (wait, name) = refused(log_in(PASSWORD));
        assert_eq!((wait, name.as_str()), (1, "failures"), "{identifier}");
        service.pass(Duration::from_hours(25));
    }
}

#[test]
fn a_rejected_confirmation_is_settled_at_once() {
    let service = start();
    let token = service.sign_up("minji");
    let confirm = |password: &str| {
        let call = service.post("/me/confirm", &json!({ "password": password }));
        from_anywhere(call.bearer(&token)).send()
    };
    for _free in 0..5 {
        confirm("wrong").assert(403);
    }
    assert_waits(confirm(PASSWORD), Duration::from_mins(1));
    let in_flight = "SELECT in_flight AS number FROM failures";
    assert_eq!(service.sql().numbers(in_flight), [0]);
}
