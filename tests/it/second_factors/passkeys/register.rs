//! `POST /me/passkeys/options` and `POST /me/passkeys`.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    account_with_passkey, authenticator, factors, log_in_with_password, register,
    registration_options, send_registration, start, verified,
};
use crate::support::{encoded, send_at_once};

#[test]
fn the_options_are_those_of_the_standard() {
    let service = start();
    let token = service.sign_up("Minji");
    let started = registration_options(&service, &token);
    let options = &started["options"];
    assert_eq!(options["rp"]["id"], "app.example.com");
    let owner = &options["user"];
    assert_eq!(owner["name"], "Minji");
    assert_eq!(owner["displayName"], "Minji");
    assert_eq!(owner["id"].as_str().unwrap().len(), 43);
    assert_eq!(options["challenge"].as_str().unwrap().len(), 43);
    assert_eq!(
        options["pubKeyCredParams"],
        json!([
            { "type": "public-key", "alg": -7 }, { "type": "public-key", "alg": -8 },
            { "type": "public-key", "alg": -257 }
        ])
    );
    assert_eq!(options["attestation"], "none");
    assert_eq!(options["excludeCredentials"], json!([]));
    assert_eq!(
        options["authenticatorSelection"],
        json!({ "residentKey": "preferred", "userVerification": "preferred" })
    );
    let other = registration_options(&service, &token);
    assert_eq!(other["options"]["user"], options["user"]);
    assert_ne!(other["options"]["challenge"], options["challenge"]);
    assert!(started["ceremony"].as_str().unwrap().starts_with("dmp_"));
}

#[test]
fn the_first_passkey_returns_ten_recovery_codes_and_the_owner_gets_a_mail() {
    let service = start();
    let token = verified(&service, "minji");
    let mut phone = authenticator();
    let reply = register(&service, &token, &mut phone).assert(201);
    assert_eq!(reply.json["recovery_codes"].as_array().unwrap().len(), 10);
    let passkey = &reply.json["passkey"];
    assert_eq!(passkey["name"], "Phone");
    assert_eq!(passkey["credential_id"], encoded(&phone.id));
    assert_eq!(passkey["last_used_at"], Value::Null);
    service.pass(Duration::from_secs(1));
    let reply = register(&service, &token, &mut authenticator()).assert(201);
    assert_eq!(reply.json.get("recovery_codes"), None);
    let listed = factors(&service, &token);
    assert_eq!(listed["passkeys"].as_array().unwrap().len(), 2);
    assert_eq!(listed["passkeys"][0], *passkey);
    assert_eq!(listed["recovery_codes_left"], 10);
    assert_eq!(listed["rp_id"], "app.example.com");
    assert_eq!(listed["user_handle"], phone.user_handle.unwrap());
    let kinds = service.mailbox().kinds();
    let added = kinds.iter().filter(|kind| *kind == "passkey_added");
    assert_eq!(added.count(), 2, "{kinds:?}");
}

#[test]
fn registered_passkeys_are_excluded_and_refused_a_second_time() {
    let service = start();
    let (token, mut phone) = account_with_passkey(&service, "minji");
    let options = registration_options(&service, &token)["options"].clone();
    assert_eq!(
        options["excludeCredentials"],
        json!([{ "type": "public-key", "id": encoded(&phone.id), "transports": ["internal"] }])
    );
    register(&service, &token, &mut phone).assert_problem(409, "passkey_already_registered");
    // Another account's registration of the same credential is refused, too.
    let other = service.sign_up("other");
    register(&service, &other, &mut phone).assert_problem(409, "passkey_already_registered");
    let listed = factors(&service, &other);
    assert_eq!(listed["passkeys"], json!([]));
    assert_eq!(listed["recovery_codes_left"], 0);
}

#[test]
fn an_account_has_at_most_20_passkeys() {
    let service = start();
    let token = service.sign_up("minji");
    let started: Vec<_> = (0..21)
        .map(|_| registration_options(&service, &token))
        .collect();
    let calls = started.iter().map(|started| {
        let body = json!({
            "ceremony": started["ceremony"], "name": "Key",
            "credential": authenticator().create(&started["options"])
        });
        service.post("/me/passkeys", &body).bearer(&token)
    });
    let replies = send_at_once(calls.collect::<Vec<_>>());
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status != 201).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].json["code"], "passkey_limit_reached");
    let listed = factors(&service, &token);
    assert_eq!(listed["passkeys"].as_array().unwrap().len(), 20);
    // One registration alone was the first factor.
    let with_codes = replies
        .iter()
        .filter(|reply| reply.json.get("recovery_codes").is_some());
    assert_eq!(with_codes.count(), 1);
    let call = service.post("/me/passkeys/options", &json!({}));
    let reply = call.bearer(&token).send();
    reply.assert_problem(409, "passkey_limit_reached");
}

#[test]
fn a_ceremony_is_of_one_session_account_and_five_minutes() {
    let service = start();
    let (token, other) = (service.sign_up("minji"), service.sign_up("other"));
    let second = log_in_with_password(&service, "minji");
    let started = registration_options(&service, &token);
    let credential = authenticator().create(&started["options"]);
    let ceremony = &started["ceremony"];
    for foreign in [&other, &second] {
        let reply = send_registration(&service, foreign, ceremony, &credential);
        reply.assert_problem(422, "passkey_invalid");
    }
    service.pass(Duration::from_mins(5));
    let reply = send_registration(&service, &token, ceremony, &credential);
    reply.assert_problem(422, "passkey_invalid");
    let started = registration_options(&service, &token);
    let mut phone = authenticator();
    let credential = phone.create(&started["options"]);
    service.pass_almost(Duration::from_mins(5));
    let ceremony = &started["ceremony"];
    send_registration(&service, &token, ceremony, &credential).assert(201);
    // Each ceremony is used once, with another credential too.
    let another = authenticator().create(&started["options"]);
    let reply = send_registration(&service, &token, ceremony, &another);
    reply.assert_problem(422, "passkey_invalid");
}

#[test]
fn names_follow_the_rules_of_display_names() {
    let service = start();
    let token = service.sign_up("minji");
    let call = |name: &str| {
        let started = registration_options(&service, &token);
        let credential = authenticator().create(&started["options"]);
        let body = json!({
            "ceremony": started["ceremony"], "name": name, "credential": credential
        });
        service.post("/me/passkeys", &body).bearer(&token).send()
    };
    for (name, code) in [
        (" ", "too_short"),
        (&"가".repeat(65), "too_long"),
        ("two\nlines", "invalid_characters"),
    ] {
        let reply = call(name).assert_problem(422, "validation_failed");
        assert_eq!(reply.refused(), [format!("name {code}")]);
    }
    let reply = call("  민지의 휴대폰 ").assert(201);
    assert_eq!(reply.json["passkey"]["name"], "민지의 휴대폰");
}
