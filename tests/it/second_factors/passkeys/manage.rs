//! `PATCH` and `DELETE /me/passkeys/{id}`.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    account_with_passkey, authenticator, factors, log_in, log_in_with_password, register, start,
    verified,
};
use crate::support::{Reply, TestService};

fn rename(service: &TestService, token: &str, id: &Value, name: &str) -> Reply {
    let path = format!("/me/passkeys/{}", id.as_str().unwrap());
    let call = service.call("PATCH", &path).bearer(token);
    call.json(&json!({ "name": name })).send()
}

fn remove(service: &TestService, token: &str, id: &Value) -> Reply {
    let path = format!("/me/passkeys/{}", id.as_str().unwrap());
    service.call("DELETE", &path).bearer(token).send()
}

#[test]
fn a_passkey_is_renamed_by_its_owner_only() {
    let service = start();
    let (token, _phone) = account_with_passkey(&service, "minji");
    let other = service.sign_up("other");
    let id = factors(&service, &token)["passkeys"][0]["id"].clone();
    let reply = rename(&service, &token, &id, " Laptop ").assert(200);
    assert_eq!(reply.json["name"], "Laptop");
    assert_eq!(factors(&service, &token)["passkeys"][0], reply.json);
    rename(&service, &other, &id, "Mine").assert_problem(404, "passkey_not_found");
    let reply = rename(&service, &token, &id, "");
    assert_eq!(reply.refused(), ["name too_short"]);
    for absent in ["none", "019aab12-3c4e-7c32-9a5b-6c7d8e9f0a1b"] {
        let reply = rename(&service, &token, &json!(absent), "Name");
        reply.assert_problem(404, "passkey_not_found");
    }
    assert_eq!(factors(&service, &token)["passkeys"][0]["name"], "Laptop");
}

#[test]
fn a_removed_passkey_is_rejected_and_the_owner_gets_a_mail() {
    let service = start();
    let token = verified(&service, "minji");
    let (mut phone, mut laptop) = (authenticator(), authenticator());
    register(&service, &token, &mut phone).assert(201);
    service.pass(Duration::from_secs(1));
    register(&service, &token, &mut laptop).assert(201);
    let id = factors(&service, &token)["passkeys"][0]["id"].clone();
    let other = service.sign_up("other");
    remove(&service, &other, &id).assert_problem(404, "passkey_not_found");
    remove(&service, &token, &id).assert(204);
    remove(&service, &token, &id).assert_problem(404, "passkey_not_found");
    log_in(&service, &phone).assert_problem(422, "passkey_invalid");
    log_in(&service, &laptop).assert(200);
    let kinds = service.mailbox().kinds();
    assert!(
        kinds.iter().any(|kind| kind == "passkey_removed"),
        "{kinds:?}"
    );
    assert_eq!(factors(&service, &token)["recovery_codes_left"], 10);
}

#[test]
fn the_last_factor_takes_the_recovery_codes_along() {
    let service = start();
    let (token, _phone) = account_with_passkey(&service, "minji");
    let listed = factors(&service, &token);
    let id = &listed["passkeys"][0]["id"];
    remove(&service, &token, id).assert(204);
    let after = factors(&service, &token);
    assert_eq!(after["recovery_codes_left"], 0);
    assert_eq!(after["user_handle"], listed["user_handle"]);
    log_in_with_password(&service, "minji");
    // The next first factor returns new codes.
    let reply = register(&service, &token, &mut authenticator()).assert(201);
    assert_eq!(reply.json["recovery_codes"].as_array().unwrap().len(), 10);
}
