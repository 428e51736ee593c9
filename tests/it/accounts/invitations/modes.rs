//! `DAEMUN_SIGN_UP`: open, invited and closed.

use std::{io::Write, process::Stdio};

use serde_json::json;

use super::{body, sign_up, token};
use crate::support::{PASSWORD, Service, send_at_once};

const KEY: &str = "0123456789abcdef";

fn start(mode: &str) -> Service {
    Service::start_with(&[("DAEMUN_SIGN_UP", mode)])
}

#[test]
fn closed_signup_is_rejected_and_an_operator_creates_accounts() {
    let service = start("closed");
    let config = service.get("/config").send().assert(200).json;
    assert_eq!(config["sign_up"], "closed");
    let invitation = token(&service, &[]);
    for invitation in ["", "wrong", &invitation] {
        sign_up(&service, "minji", invitation).assert_problem(403, "sign_up_closed");
    }
    let mut create = service.command();
    let mut child = create
        .args(["user", "create", "minji", "minji@example.com"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(PASSWORD.as_bytes()).unwrap();
    drop(input);
    assert!(child.wait().unwrap().success());
    service.log_in("minji");
}

#[test]
fn a_retry_after_signup_was_closed_repeats_the_response() {
    let mut service = start("open");
    let send = |service: &Service, name: &str| {
        let call = service.post("/signup", &body(name, ""));
        call.header("idempotency-key", KEY).send()
    };
    let user = send(&service, "minji").assert(201).json["user"].clone();
    service.stop();
    let closed = [("DAEMUN_SIGN_UP", "closed")];
    let service = Service::try_start_in(service.home(), &closed).unwrap();
    assert_eq!(send(&service, "minji").assert(201).json["user"], user);
    let call = service.post("/signup", &body("other", ""));
    call.send().assert_problem(403, "sign_up_closed");
}

#[test]
fn a_later_policy_does_not_reject_a_retry() {
    let mut service = start("open");
    let send = |service: &Service, name: &str, key: &str| {
        let call = service.post("/signup", &body(name, ""));
        call.header("idempotency-key", key).send()
    };
    let user = send(&service, "minji", KEY).assert(201).json["user"].clone();
    let other_key = KEY.replace('0', "9");
    for (settings, refused) in [
        ([("DAEMUN_SIGN_UP", "invited")], "invitation required"),
        (
            [("DAEMUN_EMAIL_DOMAINS_DENIED", "example.com")],
            "email email_domain_not_allowed",
        ),
    ] {
        service.stop();
        service = Service::try_start_in(service.home(), &settings).unwrap();
        assert_eq!(send(&service, "minji", KEY).assert(201).json["user"], user);
        for key in [&other_key[..], ""] {
            let call = service.post("/signup", &body("other", ""));
            let call = if key.is_empty() {
                call
            } else {
                call.header("idempotency-key", key)
            };
            let reply = call.send().assert_problem(422, "validation_failed");
            assert_eq!(reply.refused(), [refused]);
        }
    }
}

#[test]
fn an_invited_signup_requires_the_field_and_lists_it_with_the_others() {
    let service = start("invited");
    let config = service.get("/config").send().assert(200).json;
    assert_eq!(config["sign_up"], "invited");
    for invitation in [json!(null), json!(""), json!(" \t")] {
        let mut body = body("m", "");
        body["invitation"] = invitation;
        let reply = service.post("/signup", &body).send();
        let mut refused = reply.assert_problem(422, "validation_failed").refused();
        refused.sort();
        assert_eq!(refused, ["invitation required", "username too_short"]);
    }
    let mut wrong_type = body("minji", "");
    wrong_type["invitation"] = json!(7);
    let reply = service.post("/signup", &wrong_type).send();
    assert_eq!(reply.refused(), ["invitation invalid_type"]);
    sign_up(&service, "minji", "wrong").assert_problem(403, "invitation_invalid");
    let invitation = token(&service, &[]);
    sign_up(&service, "minji", &format!(" {invitation}\n")).assert(201);
}

#[test]
fn an_open_signup_accepts_an_invitation_and_rejects_a_wrong_one() {
    let service = start("open");
    let config = service.get("/config").send().assert(200).json;
    assert_eq!(config["sign_up"], "open");
    service.sign_up("minji");
    sign_up(&service, "jisoo", "wrong").assert_problem(403, "invitation_invalid");
    let invitation = token(&service, &["--role", "editor"]);
    let reply = sign_up(&service, "jisoo", &invitation).assert(201);
    assert_eq!(reply.json["user"]["roles"], json!(["editor"]));
}

#[test]
fn concurrent_signups_with_one_invitation_create_one_account() {
    let service = start("invited");
    let invitation = token(&service, &[]);
    let calls = (0..10).map(|number| {
        let name = format!("minji{number}");
        service.post("/signup", &body(&name, &invitation))
    });
    let mut created = 0;
    for reply in send_at_once(calls) {
        if reply.status == 201 {
            created += 1;
        } else {
            reply.assert_problem(403, "invitation_invalid");
        }
    }
    assert_eq!(created, 1);
}

#[test]
fn concurrent_retries_of_an_invited_signup_create_one_account() {
    let service = start("invited");
    let invitation = token(&service, &[]);
    let replies = send_at_once((0..10).map(|_| {
        let call = service.post("/signup", &body("minji", &invitation));
        call.header("idempotency-key", KEY)
    }));
    let first = &replies[0].json["user"]["id"];
    for reply in &replies {
        assert_eq!(reply.status, 201, "{}", reply.text);
        assert_eq!(reply.json["user"]["id"], *first);
    }
    sign_up(&service, "other", &invitation).assert_problem(403, "invitation_invalid");
}
