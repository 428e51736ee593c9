//! Changes of accounts: all or none, and `null` where it clears.

use serde_json::{Value, json};

use super::{Admin, log_in, new_user, user};
use crate::support::{PASSWORD, send_at_once};

#[test]
fn a_change_replaces_the_given_fields_and_no_others() {
    let admin = Admin::start();
    let mut body = new_user("minji");
    body["roles"] = json!(["editor"]);
    body["metadata"] = json!({ "plan": "pro" });
    body["display_name"] = json!("Kim Minji");
    body["external_id"] = json!("1842");
    let created = admin.post("/admin/users", &body).assert(201).json;
    let id = created["id"].as_str().unwrap();

    let same = admin.patch(id, &json!({})).assert(200).json;
    assert_eq!(same, created);
    let same = admin.patch(
        id,
        &json!({ "username": "minji", "roles": ["editor"], "disabled": false }),
    );
    assert_eq!(same.assert(200).json, created, "no value differs");

    let changed = admin.patch(
        id,
        &json!({ "username": "minji.k", "roles": ["admin"], "external_id": "1843", "email_verified": true }),
    );
    let mut changed = changed.assert(200).json;
    assert!(changed["updated_at"].take().as_str() > created["updated_at"].as_str());
    let mut expected = created.clone();
    expected["updated_at"] = Value::Null;
    expected["username"] = json!("minji.k");
    expected["roles"] = json!(["admin"]);
    expected["external_id"] = json!("1843");
    expected["email_verified"] = json!(true);
    assert_eq!(changed, expected);
}

#[test]
fn null_clears_what_may_be_absent_and_is_absent_elsewhere() {
    let admin = Admin::start();
    let mut body = new_user("minji");
    body["roles"] = json!(["editor"]);
    body["metadata"] = json!({ "plan": "pro" });
    body["display_name"] = json!("Kim Minji");
    body["external_id"] = json!("1842");
    body["email_verified"] = json!(true);
    let created = admin.post("/admin/users", &body).assert(201).json;
    let id = created["id"].as_str().unwrap();
    let nulls = json!({
        "username": null, "email": null, "email_verified": null, "disabled": null, "display_name": null,
        "roles": null, "metadata": null, "external_id": null,
    });
    let changed = admin.patch(id, &nulls).assert(200).json;
    for (member, value) in [
        ("username", json!("minji")),
        ("email", json!("minji@example.com")),
        ("email_verified", json!(true)),
        ("disabled", json!(false)),
        ("display_name", Value::Null),
        ("roles", json!([])),
        ("metadata", json!({})),
        ("external_id", Value::Null),
    ] {
        assert_eq!(changed[member], value, "{member}");
    }
}

#[test]
fn unknown_and_invalid_fields_of_a_change_are_listed_and_nothing_changes() {
    let admin = Admin::start();
    let id = admin.create("minji");
    let before = admin.get(&user(&id)).assert(200).json;
    let body = json!({
        "username": "m", "email": 1, "disabled": "yes", "roles": ["a b"], "external_id": "é",
        "password": PASSWORD, "profile": {},
    });
    let reply = admin
        .patch(&id, &body)
        .assert_problem(422, "validation_failed");
    let mut refused = reply.refused();
    refused.sort();
    let expected = [
        "disabled invalid_type",
        "email invalid_type",
        "external_id invalid_characters",
        "password unknown_field",
        "profile unknown_field",
        "roles invalid_characters",
        "username too_short",
    ];
    assert_eq!(refused, expected);
    assert_eq!(admin.get(&user(&id)).assert(200).json, before);
}

#[test]
fn a_change_to_taken_values_lists_each_and_changes_nothing() {
    let admin = Admin::start();
    let mut other = new_user("minho");
    other["external_id"] = json!("1842");
    admin.post("/admin/users", &other).assert(201);
    let id = admin.create("minji");
    let before = admin.get(&user(&id)).assert(200).json;
    let body = json!({
        "username": "Minho", "email": "MINHO@example.com", "external_id": "1842", "roles": ["editor"],
    });
    let reply = admin
        .patch(&id, &body)
        .assert_problem(409, "username_taken");
    let expected = [
        "username username_taken",
        "email email_taken",
        "external_id external_id_taken",
    ];
    assert_eq!(reply.refused(), expected);
    let reply = admin.patch(&id, &json!({ "external_id": "1842" }));
    reply.assert_problem(409, "external_id_taken");
    let reply = admin.patch(&id, &json!({ "email": "minho@example.com" }));
    reply.assert_problem(409, "email_taken");
    assert_eq!(admin.get(&user(&id)).assert(200).json, before);
    // The account's own values in another spelling are free for it.
    let body = json!({ "username": "MinJi", "email": "Minji@Example.com" });
    let changed = admin.patch(&id, &body).assert(200).json;
    assert_eq!(changed["username"], "MinJi");
    assert_eq!(changed["email"], "Minji@Example.com");
}

#[test]
fn a_new_address_is_not_verified_unless_the_service_says_so() {
    let admin = Admin::start_with(&[("DAEMUN_MAIL_URL", "file://mail")]);
    let mut body = new_user("minji");
    body["email_verified"] = json!(true);
    let created = admin.post("/admin/users", &body).assert(201).json;
    let id = created["id"].as_str().unwrap();
    let verified = |body: Value| {
        let changed = admin.patch(id, &body).assert(200).json;
        changed["email_verified"].as_bool().unwrap()
    };
    assert!(
        verified(json!({ "email": "MINJI@example.com" })),
        "the same mailbox"
    );
    assert!(!verified(json!({ "email": "minji@example.org" })));
    assert_eq!(admin.service.mailbox().kinds(), ["email_changed"]);
    assert!(verified(
        json!({ "email": "minji@example.net", "email_verified": true })
    ));
    assert!(!verified(json!({ "email_verified": false })));
    assert!(verified(json!({ "email_verified": true })));
    assert_eq!(log_in(&admin.service, "minji@example.net", PASSWORD), 200);
    assert_eq!(log_in(&admin.service, "minji@example.com", PASSWORD), 401);
}

#[test]
fn a_disabled_account_loses_its_sessions() {
    let admin = Admin::start();
    let minji = admin.service.sign_up("minji");
    let changed = admin
        .patch(&minji.id, &json!({ "disabled": true }))
        .assert(200);
    assert_eq!(changed.json["disabled"], true);
    assert_eq!(changed.json["sessions"], 0);
    let me = || admin.service.get("/me").bearer(&minji.token).send();
    me().assert_problem(401, "not_authenticated");
    assert_eq!(log_in(&admin.service, "minji", PASSWORD), 403);
    admin
        .patch(&minji.id, &json!({ "disabled": false }))
        .assert(200);
    assert_eq!(log_in(&admin.service, "minji", PASSWORD), 200);
    me().assert_problem(401, "not_authenticated");
}

#[test]
fn concurrent_changes_that_rotate_unique_values_do_not_make_the_database_unavailable() {
    let admin = Admin::start();
    let names = ["minji", "minho", "seojun"];
    let ids = names.map(|name| admin.create(name));
    for (number, name) in names.iter().enumerate() {
        let change = json!({ "external_id": name });
        admin.patch(&ids[number], &change).assert(200);
    }
    for round in 1..4 {
        let calls = ids.iter().enumerate().map(|(number, id)| {
            let name = names[(number + round) % 3];
            let email = format!("{name}@example.com");
            let change = json!({ "email": email, "external_id": name });
            admin.call("PATCH", &user(id)).json(&change)
        });
        for reply in send_at_once(calls.collect::<Vec<_>>()) {
            assert!([200, 409].contains(&reply.status), "{}", reply.text);
        }
    }
    let log = admin.service.log();
    assert!(!log.contains("database is unavailable"), "{log}");
}
