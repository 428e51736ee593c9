//! Responses that no honest browser sends: each gets one code, and nothing is written.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    ORIGIN, account_with_passkey, authenticator, factors, log_in, log_in_options, register,
    registration_options, send_log_in, send_registration, start,
};
use crate::support::{Authenticator, encoded};

/// A change of an authenticator, which keeps its signatures valid.
type Change = fn(&mut Authenticator);

const DISHONEST: [(&str, Change); 7] = [
    ("another origin", |passkey| {
        passkey.origin = String::from("https://evil.example");
    }),
    ("plain http", |passkey| {
        passkey.origin = String::from("http://app.example.com");
    }),
    ("the origin above", |passkey| {
        passkey.origin = String::from("https://example.com");
    }),
    ("another RP id", |passkey| {
        passkey.rp_id = String::from("evil.example");
    }),
    ("no user presence", |passkey| {
        passkey.is_user_present = false;
    }),
    ("backed up, but not eligible", |passkey| {
        passkey.is_backed_up = true;
    }),
    ("no origin", |passkey| passkey.origin.clear()),
];

#[test]
fn dishonest_registrations_are_rejected() {
    let service = start();
    let token = service.sign_up("minji");
    for (name, change) in DISHONEST {
        let mut passkey = authenticator();
        change(&mut passkey);
        let reply = register(&service, &token, &mut passkey);
        assert_eq!(reply.json["code"], "passkey_invalid", "{name}");
    }
    assert_eq!(factors(&service, &token)["passkeys"], json!([]));
}

#[test]
fn dishonest_logins_are_rejected_and_leave_the_passkey_unused() {
    let service = start();
    let (token, mut phone) = account_with_passkey(&service, "minji");
    let before = factors(&service, &token);
    let others: [(&str, Change); 3] = [
        ("no user verification", |passkey| {
            passkey.is_user_verified = false;
        }),
        ("no user handle", |passkey| passkey.user_handle = None),
        ("eligible now, but not before", |passkey| {
            passkey.is_backup_eligible = true;
        }),
    ];
    for (name, change) in DISHONEST.into_iter().chain(others) {
        let mut changed = phone.clone();
        change(&mut changed);
        let reply = log_in(&service, &changed);
        assert_eq!(reply.json["code"], "passkey_invalid", "{name}");
    }
    assert_eq!(factors(&service, &token), before);
    phone.origin = format!("{ORIGIN}:8443");
    log_in(&service, &phone).assert(200);
}

#[test]
fn a_passkey_does_not_log_in_to_another_account() {
    let service = start();
    let (_token, mut phone) = account_with_passkey(&service, "minji");
    let (_token, other) = account_with_passkey(&service, "other");
    phone.user_handle = other.user_handle;
    log_in(&service, &phone).assert_problem(422, "passkey_invalid");
    phone.user_handle = Some(encoded([7; 32]));
    log_in(&service, &phone).assert_problem(422, "passkey_invalid");
}

#[test]
fn ceremonies_of_one_purpose_serve_no_other() {
    let service = start();
    let (token, mut phone) = account_with_passkey(&service, "minji");
    let registering = registration_options(&service, &token);
    let logging_in = log_in_options(&service);
    let confirming = service.post("/me/confirm/options", &json!({}));
    let confirming = confirming.bearer(&token).send().assert(200).json;
    for foreign in [&registering, &confirming] {
        let credential = phone.get(&foreign["options"]);
        let reply = send_log_in(&service, &foreign["ceremony"], &credential);
        reply.assert_problem(422, "passkey_invalid");
    }
    for foreign in [&logging_in, &confirming] {
        let data = phone.client_data("webauthn.create", &foreign["options"]);
        let credential = authenticator().attest(&data);
        let reply = send_registration(&service, &token, &foreign["ceremony"], &credential);
        reply.assert_problem(422, "passkey_invalid");
    }
    // A challenge of another ceremony, and responses of the other kind.
    let credential = phone.get(&registering["options"]);
    let reply = send_log_in(&service, &logging_in["ceremony"], &credential);
    reply.assert_problem(422, "passkey_invalid");
    let created = phone.create(&logging_in["options"]);
    let reply = send_log_in(&service, &logging_in["ceremony"], &created);
    reply.assert_problem(422, "passkey_invalid");
    let data = phone.client_data("webauthn.create", &logging_in["options"]);
    let reply = send_log_in(&service, &logging_in["ceremony"], &phone.assert(&data));
    reply.assert_problem(422, "passkey_invalid");
    let asserted = phone.get(&registering["options"]);
    let ceremony = &registering["ceremony"];
    let reply = send_registration(&service, &token, ceremony, &asserted);
    reply.assert_problem(422, "passkey_invalid");
}

#[test]
fn replayed_and_expired_logins_are_rejected() {
    let service = start();
    let (_token, phone) = account_with_passkey(&service, "minji");
    let started = log_in_options(&service);
    let credential = phone.get(&started["options"]);
    let ceremony = &started["ceremony"];
    send_log_in(&service, ceremony, &credential).assert(200);
    let reply = send_log_in(&service, ceremony, &credential);
    reply.assert_problem(422, "passkey_invalid");
    let started = log_in_options(&service);
    let credential = phone.get(&started["options"]);
    service.pass(Duration::from_mins(5));
    let reply = send_log_in(&service, &started["ceremony"], &credential);
    reply.assert_problem(422, "passkey_invalid");
}

#[test]
fn malformed_credentials_are_rejected_without_a_fault() {
    let service = start();
    let (token, mut phone) = account_with_passkey(&service, "minji");
    let started = registration_options(&service, &token);
    let valid = authenticator().create(&started["options"]);
    let object = valid["response"]["attestationObject"].as_str().unwrap();
    let nested = format!("{}{}", "81".repeat(4_000), "00");
    let mut others = vec![json!({}), json!({ "response": {} })];
    for (member, value) in [
        ("attestationObject", json!(&object[..object.len() / 2])),
        ("attestationObject", json!("")),
        ("attestationObject", json!(1)),
        ("attestationObject", json!("not base64url!")),
        ("attestationObject", json!(encoded(nested))),
        // A map, a text and a byte string of 2⁶⁴ − 1 entries.
        (
            "attestationObject",
            json!(encoded([&[0xbb], &[0xff; 8][..]].concat())),
        ),
        (
            "attestationObject",
            json!(encoded([&[0x7b], &[0xff; 8][..]].concat())),
        ),
        (
            "attestationObject",
            json!(encoded([&[0x5b], &[0xff; 8][..]].concat())),
        ),
        ("clientDataJSON", json!(encoded("{}"))),
        ("clientDataJSON", json!(encoded(b"\xff"))),
        (
            "clientDataJSON",
            json!(encoded(format!(
                "{}1{}",
                "[".repeat(4_000),
                "]".repeat(4_000)
            ))),
        ),
        ("clientDataJSON", json!("")),
    ] {
        let mut other = valid.clone();
        other["response"][member] = value;
        others.push(other);
    }
    for other in &others {
        let reply = send_registration(&service, &token, &started["ceremony"], other);
        reply.assert_problem(422, "passkey_invalid");
        let logging_in = log_in_options(&service);
        let reply = send_log_in(&service, &logging_in["ceremony"], other);
        reply.assert_problem(422, "passkey_invalid");
    }
    // Nothing was used up by the rejected ones.
    let reply = send_registration(&service, &token, &started["ceremony"], &valid);
    reply.assert(201);
    phone.sign_count = 0;
    log_in(&service, &phone).assert(200);
}

#[test]
fn a_credential_is_an_object_with_any_members() {
    let service = start();
    let (_token, phone) = account_with_passkey(&service, "minji");
    let started = log_in_options(&service);
    for wrong in [json!("text"), json!([]), json!(1), Value::Null] {
        let reply = send_log_in(&service, &started["ceremony"], &wrong);
        let reply = reply.assert_problem(422, "validation_failed");
        assert_eq!(reply.refused(), ["credential invalid_type"]);
    }
    let mut credential = phone.get(&started["options"]);
    credential["future"] = json!({ "member": [1, 2] });
    let text = json!({ "ceremony": started["ceremony"], "credential": credential }).to_string();
    // A duplicate member is the browser's matter.
    let text = text.replacen("\"future\"", "\"future\":1,\"future\"", 1);
    let call = service.call("POST", "/login/passkey");
    call.body("application/json", text.as_bytes())
        .send()
        .assert(200);
    let deep: Value =
        serde_json::from_str(&format!("{}1{}", "[".repeat(40), "]".repeat(40))).unwrap();
    let reply = send_log_in(&service, &started["ceremony"], &json!({ "deep": deep }));
    reply.assert_problem(400, "malformed_json");
    let long = json!({ "long": "x".repeat(16 * 1024) });
    let reply = send_log_in(&service, &started["ceremony"], &long);
    reply.assert_problem(413, "payload_too_large");
}
