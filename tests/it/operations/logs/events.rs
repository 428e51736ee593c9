//! Security events and their client IP.

use serde_json::json;

use super::{CLIENT, NEW_PASSWORD, PASSWORD, Watched, events, exercise};

#[test]
fn security_events_hold_the_user_and_the_client_ip() {
    let mut watched = Watched::start();
    exercise(&mut watched);
    let log = watched.stop();
    let events = events(&log);
    for (name, count) in [
        ("user.signed_up", 1),
        ("login.succeeded", 5),
        ("login.failed", 2),
        ("login.disabled", 1),
        ("password.wrong", 1),
        ("confirmation.failed", 1),
        ("confirmation.succeeded", 1),
        ("password.changed", 1),
        ("session.revoked", 2),
        ("sessions.revoked", 2),
        ("user.renamed", 1),
        ("user.updated", 1),
        ("user.deleted", 1),
    ] {
        let found: Vec<_> = events
            .iter()
            .filter(|event| event["event"] == name)
            .collect();
        assert_eq!(found.len(), count, "{name}");
        for event in found {
            assert_eq!(event["client.ip"], CLIENT, "{event}");
            assert!(event["span"]["request.id"].is_string(), "{event}");
            let is_somebodys = event["user.id"].is_string();
            assert!(is_somebodys || name == "login.failed", "{event}");
        }
    }
    let failed = events
        .iter()
        .filter(|event| event["event"] == "login.failed");
    let known: Vec<_> = failed.map(|event| event["user.id"].is_string()).collect();
    assert_eq!(known, [true, false], "one of an account, one of none");
}

#[test]
fn the_client_ip_is_that_of_the_request_and_not_of_the_login() {
    let mut watched = Watched::start();
    let token = watched.sign_up("minji");
    let body = json!({ "current_password": PASSWORD, "new_password": NEW_PASSWORD });
    let call = watched.service.call("PUT", "/me/password").json(&body);
    let thief = "198.51.100.7";
    call.bearer(&token)
        .header("x-forwarded-for", thief)
        .send()
        .assert(204);
    let log = watched.stop();
    let events = events(&log);
    let changed = events
        .iter()
        .find(|event| event["event"] == "password.changed");
    assert_eq!(changed.unwrap()["client.ip"], thief);
}
