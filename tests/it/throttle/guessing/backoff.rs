//! The backoff after failures, and responses that reveal no account.

use std::time::Duration;

use super::MINUTE;
use crate::support::{
    PASSWORD, Service,
    guesses::{
        assert_waits, body, from_anywhere, guess, hashed, log_in, refused, shape, start, start_with,
    },
    send_at_once,
};

const DAY: Duration = Duration::from_hours(24);

#[test]
fn backoff_grows_after_five_failures_of_any_identifier() {
    let service = start();
    service.sign_up("minji");
    for identifier in ["minji", "nobody", "nobody@example.com", "not a username"] {
        for _free in 0..5 {
            guess(&service, identifier).assert_problem(401, "invalid_credentials");
        }
        for minutes in [1, 2, 4, 8, 15, 15, 15] {
            let wait = MINUTE * minutes;
            assert_waits(guess(&service, identifier), wait);
            service.pass_almost(wait);
            assert_waits(guess(&service, identifier), Duration::from_secs(1));
            service.pass(Duration::from_micros(1));
            guess(&service, identifier).assert_problem(401, "invalid_credentials");
        }
        assert_waits(guess(&service, identifier), MINUTE * 15);
        // After a day without a failure, the count restarts.
        service.pass(DAY);
        for _free in 0..5 {
            guess(&service, identifier).assert(401);
        }
        assert_waits(guess(&service, identifier), MINUTE);
    }
}

#[test]
fn known_and_unknown_names_look_alike() {
    let service = start_with(&["--limit-account-failures=12"]);
    service.sign_up("minji");
    let sequence = |identifier: &str| {
        let mut shapes = Vec::new();
        for _try in 0..40 {
            for password in ["wrong", "also wrong", ""] {
                let body = body(identifier, password);
                // All attempts use one client IP, so that the headers of the rate limit are comparable.
                shapes.push(shape(&log_in(&service, &body)));
            }
            service.pass(MINUTE * 5);
        }
        shapes
    };
    // Both go through every backoff to the lockout, which only a recognized device passes.
    let known = sequence("minji");
    assert!(known.iter().any(|(status, ..)| *status == 401));
    let last = known.last().unwrap();
    assert!(last.1["ratelimit"][0].starts_with("\"account-failures\";r=0"));
    for unknown in ["nobody", "nobody@example.com", "not a username", ""] {
        assert_eq!(sequence(unknown), known, "{unknown}");
    }
}

#[test]
fn during_a_backoff_the_right_password_looks_alike() {
    let service = start();
    service.sign_up("minji");
    for _free in 0..5 {
        guess(&service, "minji").assert(401);
    }
    let wrong = guess(&service, "minji");
    let right = log_in(&service, &body("minji", PASSWORD));
    assert_eq!(shape(&right), shape(&wrong));
    assert_eq!(right.status, 429);
    // The account's other identifier has its own count, so that the two cannot be linked.
    guess(&service, "minji@example.com").assert(401);
    service.pass(MINUTE);
    log_in(&service, &body("minji", PASSWORD)).assert(200);
    // A success resets both counts.
    for _free in 0..5 {
        guess(&service, "minji").assert(401);
        guess(&service, "minji@example.com").assert(401);
    }
    assert_waits(guess(&service, "minji@example.com"), MINUTE);
}

#[test]
fn concurrent_guesses_never_exceed_the_limit() {
    let service = start();
    service.sign_up("minji");
    for identifier in ["minji", "nobody"] {
        let body = body(identifier, "wrong");
        let replies = send_at_once((0..50).map(|_| from_anywhere(service.post("/login", &body))));
        assert_eq!(hashed(&replies), 5, "{identifier}");
        service.pass(MINUTE);
        let replies = send_at_once((0..50).map(|_| from_anywhere(service.post("/login", &body))));
        assert_eq!(hashed(&replies), 1, "{identifier}");
    }
}

#[test]
fn failures_survive_a_restart() {
    let service = Service::start_with(&[("DAEMUN_RATE_LIMITS", "on")]);
    service.sign_up("minji");
    let guess = |service: &Service| service.post("/login", &body("minji", "wrong")).send();
    for _free in 0..5 {
        guess(&service).assert(401);
    }
    assert_eq!(refused(guess(&service)).1, "failures");
    let service = service.kill_and_restart();
    assert_eq!(refused(guess(&service)).1, "failures");
    let service = service.stop_and_restart();
    let right = service.post("/login", &body("minji", PASSWORD)).send();
    assert_eq!(refused(right).1, "failures");
}

#[test]
fn setting_the_clock_back_extends_no_backoff() {
    let service = start();
    service.sign_up("minji");
    service.pass(DAY);
    for _free in 0..5 {
        guess(&service, "minji").assert(401);
    }
    service.set_back(DAY);
    log_in(&service, &body("minji", PASSWORD)).assert(200);
    // The minute of a client IP is not extended either.
    let from_one = |number: usize| {
        let call = service.post("/login", &body(&format!("nobody{number}"), "wrong"));
        call.header("x-forwarded-for", "203.0.113.1").send()
    };
    service.pass(DAY);
    for number in 0..10 {
        from_one(number).assert(401);
    }
    from_one(10).assert(429);
    service.set_back(DAY);
    from_one(11).assert(401);
}

#[test]
fn a_slightly_older_attempt_restarts_no_window() {
    let service = start();
    let from_one = |number: usize| {
        let call = service.post("/login", &body(&format!("nobody{number}"), "wrong"));
        call.header("x-forwarded-for", "203.0.113.1").send()
    };
    for number in 0..10 {
        from_one(number).assert(401);
        service.set_back(Duration::from_secs(1));
    }
    from_one(10).assert(429);
    // The older attempt does not end the longest backoff either.
    for waited in [0, 0, 0, 0, 0, 1, 2, 4, 8] {
        service.pass(waited * MINUTE);
        guess(&service, "minji").assert(401);
    }
    service.set_back(Duration::from_secs(1));
    assert_waits(
        guess(&service, "minji"),
        15 * MINUTE + Duration::from_secs(1),
    );
}
