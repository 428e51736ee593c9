//! Guessing passwords: what is refused, when, and how little that tells

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    PASSWORD, Service, TestService,
    guesses::{
        assert_waits, body, from_anywhere, guess, hashed, log_in, refused, shape, shut, start,
        start_with,
    },
    send_at_once,
};

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

#[test]
fn after_five_failures_each_further_one_waits_longer_whoever_it_is() {
    let service = start();
    service.sign_up("minji");
    for identifier in ["minji", "nobody", "nobody@example.com", "can be nobody's"] {
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
        // A day without a failure, and it begins anew.
        service.pass(DAY);
        for _free in 0..5 {
            guess(&service, identifier).assert(401);
        }
        assert_waits(guess(&service, identifier), MINUTE);
    }
}

#[test]
fn nothing_tells_a_known_name_from_an_unknown_one() {
    let service = start_with(&["--limit-account-failures=12"]);
    service.sign_up("minji");
    let sequence = |identifier: &str| {
        let mut shapes = Vec::new();
        for _try in 0..40 {
            for password in ["wrong", "also wrong", ""] {
                let body = body(identifier, password);
                // One address, so that the shield's headers are of one kind; the quota of failures is beside the point.
                shapes.push(shape(&log_in(&service, &body)));
            }
            service.pass(MINUTE * 5);
        }
        shapes
    };
    // Both go through waits to the end, where only the owner's own device would help.
    let known = sequence("minji");
    assert!(known.iter().any(|(status, ..)| *status == 401));
    let last = known.last().unwrap();
    assert!(last.1["ratelimit"][0].starts_with("\"account-failures\";r=0"));
    for unknown in ["nobody", "nobody@example.com", "can be nobody's", ""] {
        assert_eq!(sequence(unknown), known, "{unknown}");
    }
}

#[test]
fn while_it_waits_the_right_password_gets_the_same_answer() {
    let service = start();
    service.sign_up("minji");
    for _free in 0..5 {
        guess(&service, "minji").assert(401);
    }
    let wrong = guess(&service, "minji");
    let right = log_in(&service, &body("minji", PASSWORD));
    assert_eq!(shape(&right), shape(&wrong));
    assert_eq!(right.status, 429);
    // The other identifier of the account has its own count, so nothing tells that they belong together.
    guess(&service, "minji@example.com").assert(401);
    service.pass(MINUTE);
    log_in(&service, &body("minji", PASSWORD)).assert(200);
    // A success forgives both.
    for _free in 0..5 {
        guess(&service, "minji").assert(401);
        guess(&service, "minji@example.com").assert(401);
    }
    assert_waits(guess(&service, "minji@example.com"), MINUTE);
}

#[test]
fn raced_guesses_never_pass_the_limit() {
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
fn a_network_fails_ten_times_a_minute_at_most_whatever_it_tries() {
    let service = start();
    service.sign_up("minji");
    let from = |address: &str, identifier: &str, password: &str| {
        let call = service.post("/login", &body(identifier, password));
        call.header("x-forwarded-for", address)
    };
    for (used, same, other) in [
        ("203.0.113.1", "203.0.113.1:4711", "203.0.113.2"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"),
    ] {
        let replies = send_at_once(
            (0..30).map(|number| from(used, &format!("nobody{used}{number}"), "wrong")),
        );
        assert_eq!(hashed(&replies), 10);
        service.pass_almost(MINUTE);
        let (wait, name) = refused(from(same, "minji", PASSWORD).send());
        assert_eq!((wait, name.as_str()), (1, "network-failures"));
        from(other, "minji", PASSWORD).send().assert(200);
        service.pass(Duration::from_micros(1));
        // Successes are no failures, however many.
        for _again in 0..25 {
            from(same, "minji", PASSWORD).send().assert(200);
        }
        let replies =
            send_at_once((0..30).map(|number| from(same, &format!("none{used}{number}"), "wrong")));
        assert_eq!(hashed(&replies), 10);
        service.pass(MINUTE);
    }
}

#[test]
fn forged_headers_make_no_other_network() {
    let service = Service::start_with(&[("DAEMUN_RATE_LIMITS", "on")]);
    let replies = send_at_once((0..25).map(|number| {
        let address = format!("203.0.113.{number}");
        let call = service.post("/login", &body(&format!("nobody{number}"), "wrong"));
        call.header("x-forwarded-for", &address)
            .header("forwarded", &format!("for={address}"))
            .header("x-real-ip", &address)
            .header("cf-connecting-ip", &address)
            .header("true-client-ip", &address)
    }));
    assert_eq!(hashed(&replies), 10);
}

#[test]
fn confirmations_by_password_are_tries_too() {
    let service = start_with(&["--limit-account-failures=20"]);
    let token = service.sign_up("minji");
    let change = |password: &str| {
        let body =
            json!({ "current_password": password, "new_password": "Another-Staple-8-lantern" });
        from_anywhere(service.call("PUT", "/me/password").json(&body))
            .bearer(&token)
            .send()
    };
    let delete = |password: &str| {
        let body = json!({ "current_password": password });
        from_anywhere(service.call("DELETE", "/me").json(&body))
            .bearer(&token)
            .send()
    };
    let both = || {
        for _free in 0..2 {
            change("wrong").assert_problem(403, "current_password_wrong");
            delete("wrong").assert_problem(403, "current_password_wrong");
        }
        change("wrong").assert(403);
    };
    both();
    assert_waits(delete(PASSWORD), MINUTE);
    assert_waits(change(PASSWORD), MINUTE);
    // They do not keep the owner from logging in, nor strangers the owner from confirming.
    log_in(&service, &body("minji", PASSWORD)).assert(200);
    service.pass(MINUTE);
    assert_eq!(shut(&service), 20);
    change(PASSWORD).assert(204);
    // A success forgives them. The next, by the old password, is a failure.
    both();
    assert_waits(delete(PASSWORD), MINUTE);
}

#[test]
fn failed_confirmations_count_for_the_account() {
    let service = start_with(&["--limit-account-failures=10"]);
    let token = service.sign_up("minji");
    for _try in 0..10 {
        let body = json!({ "current_password": "wrong" });
        let call = service.call("DELETE", "/me").json(&body).bearer(&token);
        from_anywhere(call).send().assert(403);
        service.pass(MINUTE * 15);
    }
    assert_eq!(
        refused(log_in(&service, &body("minji", PASSWORD))).1,
        "account-failures"
    );
}

#[test]
fn repeating_a_sign_up_is_a_try_too() {
    let service = start();
    let sign_up = |password: &str| {
        let body =
            json!({ "username": "minji", "email": "minji@example.com", "password": password });
        from_anywhere(service.post("/signup", &body))
            .header("idempotency-key", "0123456789abcdef")
            .send()
    };
    sign_up(PASSWORD).assert(201);
    for _free in 0..5 {
        sign_up("Another-Staple-8-lantern").assert_problem(409, "idempotency_key_reused");
    }
    assert_waits(sign_up(PASSWORD), MINUTE);
    assert_waits(log_in(&service, &body("minji", PASSWORD)), MINUTE);
}

#[test]
fn a_restart_forgets_nothing() {
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
fn a_clock_that_is_set_back_locks_nobody_out_for_longer() {
    let service = start();
    service.sign_up("minji");
    service.pass(DAY);
    for _free in 0..5 {
        guess(&service, "minji").assert(401);
    }
    service.set_back(DAY);
    log_in(&service, &body("minji", PASSWORD)).assert(200);
    // The same of a network's minute.
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
fn a_try_of_a_moment_ago_begins_no_window_anew() {
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
    // Nor does it end the longest wait.
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

#[test]
fn with_limits_off_nothing_is_counted() {
    let service = TestService::start_with(&["--rate-limits=off"]);
    let reply = service.post(
        "/signup",
        &json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD }),
    );
    let reply = reply.send().assert(201);
    assert_eq!(reply.json["device_token"], Value::Null);
    for _try in 0..120 {
        let reply = service.post("/login", &body("minji", "wrong")).send();
        assert!(reply.lines("ratelimit").is_empty());
        reply.assert(401);
    }
    let mut right = body("minji", PASSWORD);
    right["transport"] = json!("cookie");
    let reply = service.post("/login", &right).send().assert(200);
    assert_eq!(reply.lines("set-cookie").len(), 1);
}

#[test]
fn what_an_overloaded_queue_refuses_is_not_counted() {
    let service = Service::start_with(&[
        ("DAEMUN_RATE_LIMITS", "on"),
        ("DAEMUN_LIMIT_FAILURES", "100"),
        ("DAEMUN_LIMIT_NETWORK_FAILURES", "1000"),
        ("DAEMUN_LIMIT_LOG_INS", "1000"),
        ("DAEMUN_BCRYPT_COST", "12"),
        ("DAEMUN_HASH_WORKERS", "1"),
        ("DAEMUN_HASH_DEADLINE", "100ms"),
    ]);
    service.sign_up("minji");
    let wrong = body("minji", "wrong");
    let replies = send_at_once((0..40).map(|_| service.post("/login", &wrong)));
    let of = |status| {
        replies
            .iter()
            .filter(|reply| reply.status == status)
            .count()
    };
    let (hashed, refused) = (of(401), of(503));
    assert_eq!(hashed + refused, 40);
    assert!(hashed > 0 && refused > 0, "{hashed} {refused}");
    let count = i64::try_from(hashed).unwrap();
    assert_eq!(
        numbers(&service, "SELECT count AS number FROM failures"),
        [count]
    );
    assert_eq!(
        numbers(&service, "SELECT failed_log_ins AS number FROM users"),
        [count]
    );
    let networks = numbers(&service, "SELECT count AS number FROM counters");
    assert_eq!(networks, [count, count]);
}

/// What a query of the service's database tells.
fn numbers(service: &Service, query: &str) -> Vec<i64> {
    service.sql().numbers(query)
}
