//! Places that attempts take before they are hashed: what many attempts at once come to, and how long one waits for a place

use std::time::Duration;

use serde_json::json;

use crate::support::{
    Call, Home, PASSWORD, Reply, Service,
    guesses::{assert_waits, body, from_anywhere, hashed, refused, start, start_with},
    send_at_once,
};

/// Hashes that overlap, attempts that may wait for each other as long as it takes, and no limit that is beside the point.
const SETTINGS: [(&str, &str); 7] = [
    ("DAEMUN_RATE_LIMITS", "on"),
    ("DAEMUN_LIMIT_SIGN_UPS", "10000"),
    ("DAEMUN_LIMIT_LOG_INS", "10000"),
    ("DAEMUN_BCRYPT_COST", "10"),
    ("DAEMUN_HASH_DEADLINE", "60s"),
    ("DAEMUN_TRUSTED_PROXIES", "127.0.0.1"),
    ("DAEMUN_SECRET", "a secret of thirty-two characters"),
];

/// A client IP that has failed nothing yet.
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
fn twenty_right_passwords_at_once_from_one_client_ip_are_twenty_logins() {
    let service = Service::start_with(&SETTINGS);
    let names: Vec<_> = (0..20).map(|number| format!("person{number}")).collect();
    for name in &names {
        service.sign_up(name);
    }
    let right: Vec<_> = names.iter().map(|name| (name.as_str(), PASSWORD)).collect();
    assert_eq!(statuses(&service, &right), [200; 20]);
    // They gave their places back: as many wrong ones are hashed as ever.
    let wrong = send_at_once((0..40).map(|number| {
        from_one(service.post("/login", &body(&format!("nobody{number}"), "wrong")))
    }));
    assert_eq!(hashed(&wrong), 10);
}

#[test]
fn twenty_right_passwords_at_once_for_one_account_are_twenty_logins() {
    for captcha in ["off", "adaptive"] {
        let service =
            Service::start_with(&[&SETTINGS[..], &[("DAEMUN_CAPTCHA", captcha)]].concat());
        service.sign_up("minji");
        let right = [("minji", PASSWORD), ("minji@example.com", PASSWORD)].repeat(10);
        assert_eq!(statuses(&service, &right), [200; 20], "{captcha}");
    }
}

#[test]
fn a_right_password_among_wrong_ones_waits_for_them() {
    let service = Service::start_with(&SETTINGS);
    service.sign_up("minji");
    let mut attempts = vec![("minji", "wrong"); 4];
    attempts.extend([("minji", PASSWORD); 8]);
    let mut expected = vec![401; 4];
    expected.extend([200; 8]);
    assert_eq!(statuses(&service, &attempts), expected);
    // Whoever is guessed at, five wrong ones are all that is hashed, and those beyond are refused once the five have failed.
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
fn a_place_that_is_not_given_back_in_time_is_told_with_a_second() {
    let service = start_with(&["--hash-deadline=100ms"]);
    service.sign_up("minji");
    let log_in =
        |name: &str, password: &str| from_one(service.post("/login", &body(name, password))).send();
    log_in("nobody", "wrong").assert(401);
    // As if a process had died with nine attempts in flight.
    service
        .sql()
        .run("UPDATE counters SET count = 10, in_flight = 9");
    let (wait, name) = refused(log_in("minji", PASSWORD));
    assert_eq!((wait, name.as_str()), (1, "network-failures"));
    // They count as failures in the end.
    service.pass(Duration::from_secs(11));
    let (wait, name) = refused(log_in("minji", PASSWORD));
    assert_eq!((wait, name.as_str()), (49, "network-failures"));
    service.pass(Duration::from_secs(49));
    log_in("minji", PASSWORD).assert(200);
}

#[test]
fn a_wait_that_attempts_in_flight_caused_is_told_like_any_limit() {
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
fn what_a_confirmation_refuses_is_settled_at_once() {
    let service = start();
    let token = service.sign_up("minji");
    let confirm = |password: &str| {
        let call = service.call("DELETE", "/me").bearer(&token);
        from_anywhere(call.json(&json!({ "current_password": password }))).send()
    };
    for _free in 0..5 {
        confirm("wrong").assert(403);
    }
    assert_waits(confirm(PASSWORD), Duration::from_mins(1));
    let in_flight = "SELECT in_flight AS number FROM failures";
    assert_eq!(service.sql().numbers(in_flight), [0]);
}
