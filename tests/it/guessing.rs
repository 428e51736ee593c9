//! Guessing passwords: what is refused, when, and how little that tells

use std::{collections::BTreeMap, sync::Barrier, thread, time::Duration};

use serde_json::{Value, json};

use crate::support::{Call, Clocked, PASSWORD, Reply, Service};

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// Limits on, apart from those of the shield, which has a clock of its own; every call may come from a network of its own.
const FLAGS: [&str; 4] = [
    "--rate-limits=on",
    "--limit-log-ins=10000",
    "--limit-sign-ups=10000",
    "--trusted-proxies=127.0.0.1",
];

fn start_with(flags: &[&str]) -> Clocked {
    Clocked::start_with(&[&FLAGS[..], flags].concat())
}

fn start() -> Clocked {
    start_with(&[])
}

fn body(identifier: &str, password: &str) -> Value {
    json!({ "identifier": identifier, "password": password })
}

/// A call from a network that nobody else comes from.
fn from_anywhere(call: Call) -> Call {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0x2000_0000);
    let address = std::net::Ipv4Addr::from(NEXT.fetch_add(1, Ordering::Relaxed));
    call.header("x-forwarded-for", &address.to_string())
}

fn log_in(service: &Clocked, body: &Value) -> Reply {
    from_anywhere(service.post("/login", body)).send()
}

fn guess(service: &Clocked, identifier: &str) -> Reply {
    log_in(service, &body(identifier, "wrong"))
}

/// Refused without a look at the password; the seconds to wait and the name of the limit.
#[track_caller]
fn refused(reply: Reply) -> (u64, String) {
    let reply = reply.assert_problem(429, "too_many_requests");
    let state = reply.lines("ratelimit")[0].to_owned();
    let name = state.split('"').nth(1).unwrap().to_owned();
    let wait = reply.header("retry-after").parse().unwrap();
    assert_eq!(state, format!("\"{name}\";r=0;t={wait}"));
    assert!(reply.lines("ratelimit-policy")[0].starts_with(&format!("\"{name}\";q=")));
    (wait, name)
}

#[track_caller]
fn assert_waits(reply: Reply, wait: Duration) {
    assert_eq!(refused(reply), (wait.as_secs(), "failures".into()));
}

/// Everything of an answer that could tell one from another.
fn shape(reply: &Reply) -> (u16, BTreeMap<String, Vec<String>>, Value) {
    let mut headers: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (name, value) in &reply.headers {
        if !["date", "x-request-id"].contains(&name.as_str()) {
            let value = value.to_str().unwrap().to_owned();
            headers.entry(name.to_string()).or_default().push(value);
        }
    }
    (reply.status, headers, reply.repeatable())
}

fn at_once(times: usize, call: impl Fn(usize) -> Call + Sync) -> Vec<Reply> {
    let barrier = Barrier::new(times);
    let (barrier, call) = (&barrier, &call);
    thread::scope(|scope| {
        let calls: Vec<_> = (0..times)
            .map(|number| {
                scope.spawn(move || {
                    let call = call(number);
                    barrier.wait();
                    call.send()
                })
            })
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    })
}

fn hashed(replies: &[Reply]) -> usize {
    for reply in replies {
        assert!([401, 429].contains(&reply.status), "{}", reply.text);
    }
    replies.iter().filter(|reply| reply.status == 401).count()
}

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
        let replies = at_once(50, |_| from_anywhere(service.post("/login", &body)));
        assert_eq!(hashed(&replies), 5, "{identifier}");
        service.pass(MINUTE);
        let replies = at_once(50, |_| from_anywhere(service.post("/login", &body)));
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
        let replies = at_once(30, |number| {
            from(used, &format!("nobody{used}{number}"), "wrong")
        });
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
        let replies = at_once(30, |number| {
            from(same, &format!("none{used}{number}"), "wrong")
        });
        assert_eq!(hashed(&replies), 10);
        service.pass(MINUTE);
    }
}

#[test]
fn forged_headers_make_no_other_network() {
    let service = Service::start_with(&[("DAEMUN_RATE_LIMITS", "on")]);
    let replies = at_once(25, |number| {
        let address = format!("203.0.113.{number}");
        let call = service.post("/login", &body(&format!("nobody{number}"), "wrong"));
        call.header("x-forwarded-for", &address)
            .header("forwarded", &format!("for={address}"))
            .header("x-real-ip", &address)
            .header("cf-connecting-ip", &address)
            .header("true-client-ip", &address)
    });
    assert_eq!(hashed(&replies), 10);
}

#[test]
fn strangers_do_not_lock_a_known_device_out() {
    let service = start_with(&["--limit-account-failures=20"]);
    let signed_up = service
        .post(
            "/signup",
            &json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD }),
        )
        .send()
        .assert(201);
    let device = signed_up.json["device_token"].as_str().unwrap().to_owned();
    let mut in_browser = body("minji", PASSWORD);
    in_browser["transport"] = json!("cookie");
    let reply = log_in(&service, &in_browser).assert(200);
    assert_eq!(reply.json["device_token"], Value::Null);
    let cookies = reply.lines("set-cookie");
    let cookie = cookies
        .iter()
        .find(|cookie| cookie.starts_with("__Host-daemun-device=dmd_"))
        .unwrap();
    for attribute in [
        "HttpOnly",
        "Secure",
        "SameSite=Lax",
        "Path=/",
        "Max-Age=34560000",
    ] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let cookie = cookie.split(';').next().unwrap();
    let with_token = |password| {
        let mut body = body("minji", password);
        body["device_token"] = json!(device);
        log_in(&service, &body)
    };
    let with_cookie = |password: &str| {
        let mut body = body("minji", password);
        body["transport"] = json!("cookie");
        from_anywhere(service.post("/login", &body))
            .header("cookie", cookie)
            .send()
    };
    // Strangers fail until only known devices may try.
    while guess(&service, "minji").status == 401 {}
    assert_waits(log_in(&service, &body("minji", PASSWORD)), MINUTE);
    let known = with_token(PASSWORD).assert(200);
    assert_eq!(known.json["device_token"], Value::Null);
    while guess(&service, "minji").status == 401 {}
    let known = with_cookie(PASSWORD).assert(200);
    assert_eq!(known.lines("set-cookie").len(), 1);
    // A known device has failures of its own, which lock only itself out.
    for _free in 0..5 {
        with_token("wrong").assert(401);
    }
    assert_waits(with_token(PASSWORD), MINUTE);
    with_cookie(PASSWORD).assert(200);
    log_in(&service, &body("minji", PASSWORD)).assert(200);
    assert_waits(with_token(PASSWORD), MINUTE);
}

#[test]
fn a_device_is_known_to_its_own_account_alone() {
    let service = start();
    let sign_up = |name: &str| {
        let body = json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD });
        let reply = service.post("/signup", &body).send().assert(201);
        reply.json["device_token"].as_str().unwrap().to_owned()
    };
    let (minji, other) = (sign_up("minji"), sign_up("other"));
    let guess_with = |device: &str| {
        let mut body = body("minji", "wrong");
        body["device_token"] = json!(device);
        log_in(&service, &body)
    };
    let made_up = format!("dmd_{}", "A".repeat(43));
    for device in [&other, &made_up, "", "dmd_", &"é".repeat(40)] {
        guess_with(device).assert(401);
    }
    assert_waits(guess_with(&other), MINUTE);
    guess_with(&minji).assert(401);
    // For names that nobody has it is the same.
    let mut nobody = body("nobody", "wrong");
    nobody["device_token"] = json!(minji);
    for _free in 0..5 {
        log_in(&service, &nobody).assert(401);
    }
    assert_waits(log_in(&service, &nobody), MINUTE);
    // After 400 days it is a stranger too.
    service.pass(DAY * 400);
    for _free in 0..5 {
        guess_with(&minji).assert(401);
    }
    assert_waits(guess(&service, "minji"), MINUTE);
}

#[test]
fn an_account_has_twenty_known_devices_at_most() {
    let service = start();
    service.sign_up("minji");
    let devices: Vec<_> = (0..21)
        .map(|_| {
            service.pass(Duration::from_secs(1));
            let reply = log_in(&service, &body("minji", PASSWORD)).assert(200);
            reply.json["device_token"].as_str().unwrap().to_owned()
        })
        .collect();
    let is_known = |device: &str| {
        let mut body = body("minji", PASSWORD);
        body["device_token"] = json!(device);
        log_in(&service, &body).assert(200).json["device_token"].is_null()
    };
    assert!(is_known(&devices[1]));
    assert!(is_known(&devices[20]));
    assert!(!is_known(&devices[0]));
    // That made another one, so the oldest went.
    assert!(!is_known(&devices[1]));
}

/// Fails with both identifiers until the account is shut to strangers; how often that was.
fn shut(service: &Clocked) -> usize {
    let mut failures = 0;
    for identifier in ["minji", "minji@example.com"].into_iter().cycle() {
        let reply = guess(service, identifier);
        if reply.status == 401 {
            failures += 1;
            service.pass(MINUTE * 15);
        } else {
            let (_, name) = refused(reply);
            assert_eq!(name, "account-failures");
            return failures;
        }
    }
    unreachable!()
}

#[test]
fn a_hundred_failures_in_a_row_shut_an_account_to_strangers() {
    let service = start();
    service.sign_up("minji");
    assert_eq!(shut(&service), 100);
    // Days pass, from wherever, and it stays shut; so does a name that nobody has, after as many.
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
fn a_log_in_from_a_known_device_opens_an_account_again() {
    let service = start_with(&["--limit-account-failures=10"]);
    let reply = service.post(
        "/signup",
        &json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD }),
    );
    let reply = reply.send().assert(201);
    assert_eq!(shut(&service), 10);
    let mut known = body("minji", PASSWORD);
    known["device_token"] = reply.json["device_token"].clone();
    log_in(&service, &known).assert(200);
    log_in(&service, &body("minji", PASSWORD)).assert(200);
    assert_eq!(shut(&service), 10);
    // A device that was stolen has as many failures itself, and no more, however slowly it comes.
    known["password"] = json!("wrong");
    for _try in 0..10 {
        service.pass(DAY * 2);
        log_in(&service, &known).assert(401);
    }
    service.pass(DAY * 2);
    assert_eq!(refused(log_in(&service, &known)).1, "account-failures");
}

#[test]
fn an_operator_opens_an_account_again() {
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
        let told = operator(&service, command, stdin);
        assert!(told.contains("minji"), "{told}");
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
    let service = Clocked::start_with(&["--rate-limits=off"]);
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
    let replies = at_once(40, |_| service.post("/login", &wrong));
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

#[test]
fn owners_are_told_of_a_new_device() {
    for (notices, is_verified, told) in [("on", true, 2), ("on", false, 0), ("off", true, 0)] {
        let service = Service::start_with(&[
            ("DAEMUN_RATE_LIMITS", "on"),
            ("DAEMUN_EMAIL_VERIFICATION", "off"),
            ("DAEMUN_MAIL_URL", "file://mail"),
            ("DAEMUN_DEVICE_NOTICES", notices),
        ]);
        service.sign_up("minji");
        if is_verified {
            service.sql().run("UPDATE users SET email_verified = TRUE");
        }
        let log_in = |device: &Value| {
            let mut body = body("minji", PASSWORD);
            if !device.is_null() {
                body["device_token"] = device.clone();
            }
            let reply = service
                .post("/login", &body)
                .header("user-agent", "그리고/1.0");
            reply.send().assert(200).json["device_token"].clone()
        };
        let device = log_in(&Value::Null);
        assert!(log_in(&device).is_null());
        log_in(&Value::Null);
        let written = "SELECT COUNT(*) AS number FROM outbox WHERE kind = 'new_device'";
        assert_eq!(
            numbers(&service, written),
            [told],
            "{notices} {is_verified}"
        );
    }
}
