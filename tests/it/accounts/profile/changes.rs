//! Changes by `PATCH /me`.

use serde_json::json;

use super::{change, changing, me};
use crate::support::{Service, send_at_once};

#[test]
fn a_change_replaces_and_null_clears() {
    let service = Service::start();
    let token = service.sign_up("minji").token;
    for (body, name, profile) in [
        (
            json!({ "display_name": "Minji", "profile": { "a": 1, "b": 2 } }),
            json!("Minji"),
            json!({ "a": 1, "b": 2 }),
        ),
        (json!({}), json!("Minji"), json!({ "a": 1, "b": 2 })),
        (
            json!({ "profile": { "b": 3 } }),
            json!("Minji"),
            json!({ "b": 3 }),
        ),
        (
            json!({ "display_name": null }),
            json!(null),
            json!({ "b": 3 }),
        ),
        (
            json!({ "display_name": "M", "username": "Minji.K" }),
            json!("M"),
            json!({ "b": 3 }),
        ),
        (
            json!({ "profile": null, "username": null }),
            json!("M"),
            json!({}),
        ),
    ] {
        let changed = change(&service, &token, &body).assert(200).json;
        assert_eq!(changed["display_name"], name, "{body}");
        assert_eq!(changed["profile"], profile, "{body}");
        assert_eq!(me(&service, &token), changed, "{body}");
    }
    let me = me(&service, &token);
    assert_eq!(me["username"], "Minji.K");
}

#[test]
fn a_taken_username_changes_nothing_else() {
    let service = Service::start();
    let token = service.sign_up("minji").token;
    service.sign_up("taken");
    let before = me(&service, &token);
    let body = json!({ "username": "taken", "display_name": "M", "profile": { "a": 1 } });
    change(&service, &token, &body).assert_problem(409, "username_taken");
    assert_eq!(me(&service, &token), before);
}

#[test]
fn concurrent_changes_of_two_fields_keep_both() {
    let service = Service::start();
    let token = service.sign_up("minji").token;
    for round in 0..10 {
        let bodies = [
            json!({ "display_name": format!("M{round}") }),
            json!({ "profile": { "round": round } }),
        ];
        let calls = bodies.iter().map(|body| changing(&service, &token, body));
        for reply in send_at_once(calls) {
            reply.assert(200);
        }
        let me = me(&service, &token);
        assert_eq!(me["display_name"], format!("M{round}"));
        assert_eq!(me["profile"], json!({ "round": round }));
    }
}

#[test]
fn a_profile_change_is_no_change_of_the_username() {
    let service =
        Service::start_with(&[("DAEMUN_RATE_LIMITS", "on"), ("DAEMUN_LIMIT_CHANGES", "1")]);
    let token = service.sign_up("minji").token;
    for round in 0..3 {
        let body = json!({ "profile": { "round": round }, "username": "minji" });
        change(&service, &token, &body).assert(200);
    }
    change(&service, &token, &json!({ "username": "other" })).assert(200);
    change(&service, &token, &json!({ "username": "minji" })).assert(429);
}
