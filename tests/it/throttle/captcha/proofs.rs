//! The validity of challenges and proofs of work.

use std::{collections::HashSet, time::Duration};

use serde_json::{Value, json};

use super::{LIMITS, credentials, log_in, new_account, proven, sign_up};
use crate::support::{PASSWORD, Service, TestService, send_at_once, solved};

const ALWAYS: (&str, &str) = ("DAEMUN_CAPTCHA", "always");

#[test]
fn challenges_are_uncacheable_and_unique() {
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
fn with_captcha_off_a_proof_is_neither_required_nor_read() {
    let service = Service::start_with(&[LIMITS]);
    for name in ["ann", "bob", "cho", "dan", "eve"] {
        sign_up(&service, name, "no solution").assert(201);
    }
    log_in(&service, "ann", "no solution").assert(200);
}

#[test]
fn with_captcha_always_every_request_requires_a_proof() {
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
fn without_a_proof_known_and_unknown_accounts_look_alike() {
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
fn a_proof_is_valid_once_whatever_the_outcome() {
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
fn an_invalid_request_does_not_consume_the_proof() {
    let service = Service::start_with(&[ALWAYS]);
    let proof = service.proof();
    let mut body = proven(new_account("minji"), &proof);
    body["email"] = json!("nowhere");
    service.post("/signup", &body).send().assert(422);
    sign_up(&service, "minji", &proof).assert(201);
}

#[test]
fn concurrent_uses_of_a_proof_succeed_once() {
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
fn a_proof_and_its_use_survive_a_restart() {
    let service = Service::start_with(&[ALWAYS]);
    let (used, unused) = (service.proof(), service.proof());
    sign_up(&service, "minji", &used).assert(201);
    let service = service.kill_and_restart();
    sign_up(&service, "other", &used).assert_problem(403, "captcha_invalid");
    sign_up(&service, "other", &unused).assert(201);
}

#[test]
fn replicas_accept_each_others_proofs_once() {
    let one = Service::start_with(&[ALWAYS]);
    let two = Service::try_start_in(one.home(), &[ALWAYS]).unwrap();
    let proof = one.proof();
    sign_up(&two, "minji", &proof).assert(201);
    sign_up(&one, "other", &proof).assert_problem(403, "captcha_invalid");
}

#[test]
fn a_proof_of_another_service_is_invalid() {
    let service = Service::start_with(&[ALWAYS]);
    let other = Service::start_with(&[ALWAYS]);
    sign_up(&service, "minji", &other.proof()).assert_problem(403, "captcha_invalid");

    let secret = |text| [ALWAYS, ("DAEMUN_SECRET", text)];
    let before = "one secret of the operator's own choice";
    let service = Service::start_with(&secret(before));
    let proof = service.proof();
    let service = Service::try_start_in(service.home(), &secret(&before.to_uppercase())).unwrap();
    sign_up(&service, "minji", &proof).assert_problem(403, "captcha_invalid");
}

#[test]
fn a_manipulated_challenge_is_invalid() {
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
fn malformed_proofs_are_rejected_without_a_fault() {
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
fn a_proof_is_valid_for_five_minutes() {
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
fn a_repeated_signup_requires_a_proof_like_a_login() {
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
