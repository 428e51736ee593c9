//! The audit log of the admin API, and the events of its changes.

use serde_json::{Value, json};

use super::{Admin, user};
use crate::support::PASSWORD;

/// Returns the events of a query, the newest first.
#[track_caller]
fn events(admin: &Admin, query: &str) -> Vec<Value> {
    let reply = admin.get(&format!("/admin/events?{query}")).assert(200);
    reply.json["events"].as_array().unwrap().clone()
}

fn types(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect()
}

#[test]
fn every_change_is_an_event_of_the_service() {
    let admin = Admin::start();
    let id = admin.create("minji");
    admin.service.log_in("minji");
    let change = json!({
        "username": "minji.k", "email": "minji@example.org", "display_name": "Kim", "roles": ["editor"],
        "metadata": { "plan": "pro" }, "external_id": "1842", "disabled": true,
    });
    admin.patch(&id, &change).assert(200);
    admin.patch(&id, &json!({ "disabled": false })).assert(200);
    let path = user(&id);
    let password = json!({ "password": PASSWORD });
    admin
        .call("PUT", &format!("{path}/password"))
        .json(&password)
        .send()
        .assert(204);
    admin
        .post(&format!("{path}/unlock"), &json!({}))
        .assert(204);
    admin.call("DELETE", &path).send().assert(204);
    let invitation = admin
        .post("/admin/invitations", &json!({}))
        .assert(201)
        .json;
    let path = format!("/admin/invitations/{}", invitation["id"].as_str().unwrap());
    admin.call("DELETE", &path).send().assert(204);

    let mut found = events(&admin, "limit=100");
    found.retain(|event| event["actor"] == "service:backoffice");
    found.reverse();
    let expected = [
        "user.created",
        "user.renamed",
        "email.changed",
        "user.updated",
        "user.updated",
        "user.updated",
        "user.updated",
        "sessions.revoked",
        "user.disabled",
        "user.enabled",
        "password.changed",
        "user.updated",
        "user.deleted",
        "invitation.created",
        "invitation.revoked",
    ];
    assert_eq!(types(&found), expected);
    let last = found.last().unwrap();
    assert_eq!(last["user_id"], Value::Null);
    assert_eq!(last["detail"]["invitation_id"], invitation["id"]);
    assert_eq!(last["ip"], "127.0.0.1");
    assert!(last["request_id"].is_string());
    for event in &found[..13] {
        assert_eq!(event["user_id"], id.as_str());
    }
}

#[test]
fn the_owner_sees_no_address_of_a_service() {
    let admin = Admin::start();
    let id = admin.create("minji");
    let token = admin.service.log_in("minji");
    admin
        .patch(&id, &json!({ "roles": ["editor"] }))
        .assert(200);
    for path in ["/me/events", "/me/export"] {
        let read = admin.service.get(path).bearer(&token).send().assert(200);
        let events = read.json["events"].as_array().unwrap().iter();
        let by_service = |event: &&Value| event["actor"] == "service:backoffice";
        let (theirs, own): (Vec<_>, Vec<_>) = events.partition(by_service);
        assert_eq!(theirs.len(), 2, "{path}");
        for event in theirs {
            let seen = [&event["ip"], &event["user_agent"]];
            assert_eq!(seen, [&Value::Null, &Value::Null], "{path}");
        }
        let has_address = |event: &&Value| event["ip"] == "127.0.0.1";
        assert!(own.iter().all(has_address), "{path}: {own:?}");
    }
    for event in events(&admin, "type=user.created&type=user.updated") {
        assert_eq!(event["ip"], "127.0.0.1");
    }
}

#[test]
fn events_are_found_by_account_type_and_time() {
    let admin = Admin::start();
    let minji = admin.service.sign_up("minji");
    let minho = admin.service.sign_up("minho");
    admin.service.log_in("minji");
    assert_eq!(
        types(&events(&admin, &format!("user={}", minho.id))),
        ["user.signed_up"]
    );
    let found = events(&admin, &format!("user={}", minji.id));
    assert_eq!(types(&found), ["login.succeeded", "user.signed_up"]);
    let found = events(&admin, "type=user.signed_up&type=service_key.created");
    assert_eq!(
        types(&found),
        ["user.signed_up", "user.signed_up", "service_key.created"]
    );
    for (query, count) in [
        ("since=2000-01-01T00:00:00Z", 4),
        ("until=2000-01-01T00:00:00Z", 0),
        ("since=2999-01-01T00:00:00Z", 0),
        ("until=2999-01-01T00:00:00Z&type=user.signed_up", 2),
    ] {
        assert_eq!(events(&admin, query).len(), count, "{query}");
    }
}

#[test]
fn pages_of_events_hold_each_once_while_others_happen() {
    let admin = Admin::start();
    for number in 0..5 {
        admin.create(&format!("user{number}"));
    }
    let first = admin
        .get("/admin/events?type=user.created&limit=3")
        .assert(200)
        .json;
    admin.create("later");
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = admin.get(&format!(
        "/admin/events?type=user.created&limit=3&cursor={cursor}"
    ));
    let second = second.assert(200).json;
    assert_eq!(second["next_cursor"], Value::Null);
    let ids = |page: &Value| {
        let events = page["events"].as_array().unwrap().iter();
        events
            .map(|event| event["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let mut all = [ids(&first), ids(&second)].concat();
    assert_eq!(all.len(), 5);
    let sorted = all.clone();
    all.sort_by(|one, other| other.cmp(one));
    assert_eq!(all, sorted, "the newest first");
}

#[test]
fn every_rejected_parameter_of_events_is_listed() {
    let admin = Admin::start();
    let path = "/admin/events?user=x&type=user.flew&since=yesterday&until=1&limit=0&actor=owner";
    let reply = admin.get(path).assert_problem(422, "validation_failed");
    let expected = [
        "user invalid_value",
        "type invalid_value",
        "since invalid_value",
        "until invalid_value",
        "limit invalid_value",
        "actor unknown_field",
    ];
    assert_eq!(reply.refused(), expected);
}
