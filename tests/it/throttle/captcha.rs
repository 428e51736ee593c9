//! `GET /captcha`, and the proofs of work that sign-up and log-in ask for

use std::{collections::HashSet, io::Write, net::TcpStream, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, Reply, Service, TestService, count, send_at_once, solved, wait_until,
};

const ALWAYS: (&str, &str) = ("DAEMUN_CAPTCHA", "always");
const ADAPTIVE: (&str, &str) = ("DAEMUN_CAPTCHA", "adaptive");
const LIMITS: (&str, &str) = ("DAEMUN_RATE_LIMITS", "on");

fn new_account(name: &str) -> Value {
    json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD })
}

fn credentials(identifier: &str, password: &str) -> Value {
    json!({ "identifier": identifier, "password": password })
}

fn proven(mut body: Value, proof: &str) -> Value {
    body["captcha"] = json!(proof);
    body
}

fn sign_up(service: &Service, name: &str, proof: &str) -> Reply {
    let body = proven(new_account(name), proof);
    service.post("/signup", &body).send()
}

fn log_in(service: &Service, identifier: &str, proof: &str) -> Reply {
    let body = proven(credentials(identifier, PASSWORD), proof);
    service.post("/login", &body).send()
}

#[test]
fn a_challenge_is_for_nobody_to_keep_and_never_the_same() {
    let service = Service::start();
    let mut nonces = HashSet::new();
    for _ in 0..10 {
        let reply = service.get("/captcha").send().assert(200);
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("content-type"), "application/json");
        let parameters = &reply.json["parameters"];
        assert_eq!(parameters["algorithm"], "PBKDF2/SHA-256");
        nonces.insert(parameters["nonce"].to_string());
    }
    assert_eq!(nonces.len(), 10);
}

#[test]
fn switched_off_it_is_neither_asked_for_nor_looked_at() {
    let service = Service::start_with(&[LIMITS]);
    for name in ["ann", "bob", "cho", "dan", "eve"] {
        sign_up(&service, name, "no solution").assert(201);
    }
    log_in(&service, "ann", "no solution").assert(200);
}

#[test]
fn asked_for_always_nothing_goes_without_it() {
    let service = Service::start_with(&[ALWAYS]);
    for body in [new_account("minji"), proven(new_account("minji"), "")] {
        let reply = service.post("/signup", &body).send();
        reply.assert_problem(403, "captcha_required");
    }
    sign_up(&service, "minji", "no solution").assert_problem(403, "captcha_invalid");
    sign_up(&service, "minji", &service.proof()).assert(201);

    let body = credentials("minji", PASSWORD);
    let reply = service.post("/login", &body).send();
    reply.assert_problem(403, "captcha_required");
    log_in(&service, "minji", "no solution").assert_problem(403, "captcha_invalid");
    log_in(&service, "minji", &service.proof()).assert(200);
}

#[test]
fn without_a_proof_known_and_unknown_accounts_answer_alike() {
    let service = Service::start_with(&[ALWAYS]);
    sign_up(&service, "minji", &service.proof()).assert(201);
    let mut answers = HashSet::new();
    for (identifier, password) in [("minji", PASSWORD), ("minji", "wrong"), ("noone", "wrong")] {
        let reply = service.post("/login", &credentials(identifier, password));
        let reply = reply.send().assert_problem(403, "captcha_required");
        answers.insert(reply.repeatable().to_string());
    }
    for name in ["minji", "noone"] {
        let reply = service.post("/signup", &new_account(name)).send();
        reply.assert_problem(403, "captcha_required");
    }
    assert_eq!(answers.len(), 1);
}

#[test]
fn a_proof_is_good_for_one_use_whatever_came_of_it() {
    let service = Service::start_with(&[ALWAYS]);
    let proof = service.proof();
    sign_up(&service, "minji", &proof).assert(201);
    sign_up(&service, "other", &proof).assert_problem(403, "captcha_invalid");
    log_in(&service, "minji", &proof).assert_problem(403, "captcha_invalid");

    let proof = service.proof();
    log_in(&service, "nobody", &proof).assert_problem(401, "invalid_credentials");
    log_in(&service, "minji", &proof).assert_problem(403, "captcha_invalid");
}

#[test]
fn a_request_that_is_refused_for_its_form_uses_no_proof_up() {
    let service = Service::start_with(&[ALWAYS]);
    let proof = service.proof();
    let mut body = proven(new_account("minji"), &proof);
    body["email"] = json!("nowhere");
    service.post("/signup", &body).send().assert(422);
    sign_up(&service, "minji", &proof).assert(201);
}

#[test]
fn a_proof_is_used_once_however_many_use_it_at_once() {
    let service = Service::start_with(&[ALWAYS]);
    let proof = service.proof();
    let calls = (0..20).map(|number| {
        let body = proven(new_account(&format!("person{number}")), &proof);
        service.post("/signup", &body)
    });
    let mut made = 0;
    for reply in send_at_once(calls) {
        if reply.status == 201 {
            made += 1;
        } else {
            reply.assert_problem(403, "captcha_invalid");
        }
    }
    assert_eq!(made, 1);
}

#[test]
fn a_proof_outlives_a_restart_and_so_does_its_use() {
    let service = Service::start_with(&[ALWAYS]);
    let (used, unused) = (service.proof(), service.proof());
    sign_up(&service, "minji", &used).assert(201);
    let service = service.kill_and_restart();
    sign_up(&service, "other", &used).assert_problem(403, "captcha_invalid");
    sign_up(&service, "other", &unused).assert(201);
}

#[test]
fn replicas_take_each_others_proofs_once_between_them() {
    let one = Service::start_with(&[ALWAYS]);
    let two = Service::try_start_in(one.home(), &[ALWAYS]).unwrap();
    let proof = one.proof();
    sign_up(&two, "minji", &proof).assert(201);
    sign_up(&one, "other", &proof).assert_problem(403, "captcha_invalid");
}

#[test]
fn another_services_proof_is_none() {
    let service = Service::start_with(&[ALWAYS]);
    let stranger = Service::start_with(&[ALWAYS]);
    sign_up(&service, "minji", &stranger.proof()).assert_problem(403, "captcha_invalid");

    let secret = |text| [ALWAYS, ("DAEMUN_SECRET", text)];
    let before = "one secret of the operator's own choice";
    let service = Service::start_with(&secret(before));
    let proof = service.proof();
    let service = Service::try_start_in(service.home(), &secret(&before.to_uppercase())).unwrap();
    sign_up(&service, "minji", &proof).assert_problem(403, "captcha_invalid");
}

#[test]
fn a_challenge_that_was_made_easier_is_none() {
    let service = Service::start_with(&[ALWAYS]);
    for (member, easier) in [
        ("cost", json!(1)),
        ("keyLength", json!(0)),
        ("keyPrefix", json!("")),
    ] {
        let mut challenge = service.get("/captcha").send().json;
        challenge["parameters"][member] = easier;
        challenge["parameters"]["keyPrefix"] = json!("");
        sign_up(&service, "minji", &solved(&challenge)).assert_problem(403, "captcha_invalid");
    }
    let mut challenge = service.get("/captcha").send().json;
    challenge["parameters"]["expiresAt"] = json!(4_102_444_800_i64);
    sign_up(&service, "minji", &solved(&challenge)).assert_problem(403, "captcha_invalid");
}

#[test]
fn whatever_is_sent_as_a_proof_is_an_answer_and_no_fault() {
    let service = Service::start_with(&[ALWAYS]);
    for wrong in [
        " ",
        "{}",
        "e30=",
        "\u{0}",
        "가나다",
        "bnVsbA==",
        &"A".repeat(4_096),
        &"[".repeat(12_000),
    ] {
        sign_up(&service, "minji", wrong).assert_problem(403, "captcha_invalid");
    }
    for wrong in [json!(1), json!({}), json!([])] {
        let mut body = new_account("minji");
        body["captcha"] = wrong;
        let reply = service.post("/signup", &body).send();
        let reply = reply.assert_problem(422, "validation_failed");
        assert_eq!(reply.refused(), ["captcha invalid_type"]);
    }
    service.get("/healthz").send().assert(200);
}

#[test]
fn a_proof_is_good_for_five_minutes() {
    let service = TestService::start_now_with(&["--captcha=always"]);
    let sign_up = |name: &str, proof: &str| {
        let body = proven(new_account(name), proof);
        service.post("/signup", &body).send()
    };
    let (early, late) = (service.proof(), service.proof());
    service.pass(Duration::from_secs(299));
    sign_up("minji", &early).assert(201);
    service.pass(Duration::from_secs(1));
    sign_up("other", &late).assert_problem(403, "captcha_invalid");
}

#[test]
fn a_repeated_sign_up_needs_a_proof_like_a_log_in() {
    let service = Service::start_with(&[ALWAYS]);
    let with_key = |body: &Value| {
        let call = service.post("/signup", body);
        call.header("idempotency-key", "0123456789abcdef").send()
    };
    let proof = service.proof();
    let first = with_key(&proven(new_account("minji"), &proof)).assert(201);
    let mut other = new_account("minji");
    other["remember"] = json!(true);
    for unproven in [new_account("minji"), other] {
        with_key(&unproven).assert_problem(403, "captcha_required");
    }
    let used = with_key(&proven(new_account("minji"), &proof));
    used.assert_problem(403, "captcha_invalid");
    let again = with_key(&proven(new_account("minji"), &service.proof())).assert(201);
    assert_eq!(again.json["user"], first.json["user"]);
}

#[test]
fn adaptive_asks_after_three_sign_ups_of_a_network_within_an_hour() {
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
fn of_sign_ups_at_once_as_many_pass_as_one_after_the_other() {
    let service = Service::start_with(&[ADAPTIVE, LIMITS]);
    let replies = send_at_once((0..8).map(|number| {
        let body = new_account(&format!("person{number}"));
        service.post("/signup", &body)
    }));
    assert_eq!([count(&replies, 201), count(&replies, 403)], [3, 5]);
}

#[test]
fn what_a_network_did_at_another_replica_counts_too() {
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
fn a_sign_up_that_came_to_nothing_counts_too() {
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
fn a_sign_up_whose_client_goes_away_counts_too() {
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
        // An answer that was never read makes the end of a connection a reset, which ends its request.
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
fn a_networks_sign_ups_ask_nothing_of_another() {
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
fn without_limits_nothing_is_counted_and_adaptive_never_asks() {
    let service = Service::start_with(&[ADAPTIVE]);
    for number in 0..6 {
        service.sign_up(&format!("person{number}"));
    }
}

/// A service that asks adaptively and lets everything else pass, with an account.
fn adaptive() -> TestService {
    let flags = [
        "--captcha=adaptive",
        "--rate-limits=on",
        "--limit-network-failures=1000",
    ];
    let service = TestService::start_now_with(&flags);
    service.sign_up("minji");
    service
}

fn try_in(service: &TestService, identifier: &str, password: &str) -> Reply {
    service
        .post("/login", &credentials(identifier, password))
        .send()
}

fn prove_in(service: &TestService, identifier: &str, password: &str) -> Reply {
    let body = proven(credentials(identifier, password), &service.proof());
    service.post("/login", &body).send()
}

#[test]
fn adaptive_asks_after_three_failures_with_an_identifier_known_or_not() {
    let service = adaptive();
    for identifier in ["minji", "noone"] {
        for _ in 0..3 {
            try_in(&service, identifier, "wrong").assert_problem(401, "invalid_credentials");
        }
        for password in ["wrong", PASSWORD] {
            let reply = try_in(&service, identifier, password);
            reply.assert_problem(403, "captcha_required");
        }
        let reply = prove_in(&service, identifier, "wrong");
        reply.assert_problem(401, "invalid_credentials");
    }
    try_in(&service, "others", "wrong").assert_problem(401, "invalid_credentials");
}

#[test]
fn a_log_in_makes_up_for_the_failures_before_it() {
    let service = adaptive();
    for _ in 0..3 {
        try_in(&service, "minji", "wrong").assert_problem(401, "invalid_credentials");
    }
    prove_in(&service, "minji", PASSWORD).assert(200);
    for _ in 0..3 {
        try_in(&service, "minji", "wrong").assert_problem(401, "invalid_credentials");
    }
    try_in(&service, "minji", PASSWORD).assert_problem(403, "captcha_required");
}

#[test]
fn failures_of_more_than_an_hour_ago_ask_for_nothing() {
    let service = adaptive();
    for _ in 0..3 {
        try_in(&service, "minji", "wrong").assert_problem(401, "invalid_credentials");
    }
    service.pass_almost(Duration::from_hours(1));
    try_in(&service, "minji", PASSWORD).assert_problem(403, "captcha_required");
    service.pass(Duration::from_micros(1));
    try_in(&service, "minji", PASSWORD).assert(200);
}

#[test]
fn a_refusal_for_want_of_a_proof_counts_as_no_failure() {
    let service = adaptive();
    for _ in 0..3 {
        try_in(&service, "minji", "wrong").assert_problem(401, "invalid_credentials");
    }
    for _ in 0..10 {
        try_in(&service, "minji", "wrong").assert_problem(403, "captcha_required");
    }
    prove_in(&service, "minji", PASSWORD).assert(200);
}

#[test]
fn a_limit_that_is_reached_uses_no_proof_up() {
    let service = adaptive();
    for _ in 0..3 {
        try_in(&service, "minji", "wrong").assert_problem(401, "invalid_credentials");
    }
    for _ in 0..2 {
        let reply = prove_in(&service, "minji", "wrong");
        reply.assert_problem(401, "invalid_credentials");
    }
    let body = proven(credentials("minji", PASSWORD), &service.proof());
    let send = || service.post("/login", &body).send();
    send().assert_problem(429, "too_many_requests");
    service.pass(Duration::from_mins(1));
    send().assert(200);
}

#[test]
fn adaptive_asks_after_ten_failures_of_a_network_within_an_hour() {
    let settings = [ADAPTIVE, LIMITS, ("DAEMUN_TRUSTED_PROXIES", "127.0.0.1")];
    let settings = [&settings[..], &[("DAEMUN_LIMIT_NETWORK_FAILURES", "1000")]].concat();
    let service = Service::start_with(&settings);
    service.sign_up("minji");
    let log_in = |identifier: &str, password: &str, from: &str| {
        let call = service.post("/login", &credentials(identifier, password));
        call.header("x-forwarded-for", from).send()
    };
    for number in 0..10 {
        // Success in between is not held against it, nor does it help.
        log_in("minji", PASSWORD, "192.0.2.1").assert(200);
        let reply = log_in(&format!("noone{number}"), "wrong", "192.0.2.1");
        reply.assert_problem(401, "invalid_credentials");
    }
    log_in("minji", PASSWORD, "192.0.2.1").assert_problem(403, "captcha_required");
    log_in("others", "wrong", "192.0.2.1").assert_problem(403, "captcha_required");
    log_in("minji", PASSWORD, "192.0.2.2").assert(200);
}

#[test]
fn strangers_failures_ask_nothing_of_a_known_device() {
    let service = adaptive();
    let device = try_in(&service, "minji", PASSWORD).assert(200).json["device_token"].clone();
    for _ in 0..3 {
        try_in(&service, "minji", "wrong").assert_problem(401, "invalid_credentials");
    }
    try_in(&service, "minji", PASSWORD).assert_problem(403, "captcha_required");
    let mut body = credentials("minji", PASSWORD);
    body["device_token"] = device;
    service.post("/login", &body).send().assert(200);
}

#[test]
fn a_network_that_floods_has_more_work() {
    let service = Service::start_with(&[ADAPTIVE, LIMITS]);
    service.sign_up("minji");
    let counter = || {
        let payload = STANDARD.decode(service.proof()).unwrap();
        let payload: Value = serde_json::from_slice(&payload).unwrap();
        payload["solution"]["counter"].as_u64().unwrap()
    };
    assert!((0..8).all(|_| counter() < 200));
    service.sql().run("UPDATE counters SET count = 1000000");
    let counters: Vec<_> = (0..6).map(|_| counter()).collect();
    assert!(
        counters.iter().any(|counter| *counter >= 200),
        "{counters:?}"
    );
    assert!(
        counters.iter().all(|counter| *counter < 6_400),
        "{counters:?}"
    );
}
