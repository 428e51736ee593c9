//! The events that an owner causes.

use serde_json::json;

use super::{audited, named};
use crate::support::{Call, PASSWORD, Service};

const AGENT: &str = "그리고/1.0";

#[test]
fn each_deed_of_an_owner_is_a_row_with_its_request() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let other = service.log_in("minji");
    service.log_in("minji");
    let send = |call: Call, status| {
        let call = call
            .bearer(&minji.token)
            .raw_header("user-agent", AGENT.as_bytes());
        let reply = call.send().assert(status);
        reply.header("x-request-id").to_owned()
    };
    let change = |body| service.call("PATCH", "/me").json(&body);
    let renamed = send(change(json!({ "username": "minji2" })), 200);
    let updated = send(change(json!({ "display_name": "민지" })), 200);
    let sessions = service.get("/sessions").bearer(&other).send().assert(200);
    let current = sessions.json["sessions"].as_array().unwrap().iter();
    let current = current.filter(|session| session["current"] == true);
    let revoked = current
        .map(|session| session["id"].as_str().unwrap())
        .next()
        .unwrap();
    let ended = send(service.call("DELETE", &format!("/sessions/{revoked}")), 204);
    let others = send(service.call("DELETE", "/sessions"), 204);
    // No session is left to revoke, so nothing happens.
    send(service.call("DELETE", "/sessions"), 204);
    let confirmed = send(
        service.post("/me/confirm", &json!({ "password": PASSWORD })),
        204,
    );
    let wrong = json!({ "current_password": "wrong", "new_password": "Another-Horse-7-battery" });
    let wrong = send(service.call("PUT", "/me/password").json(&wrong), 403);
    let right = json!({ "current_password": PASSWORD, "new_password": "Another-Horse-7-battery" });
    let changed = send(service.call("PUT", "/me/password").json(&right), 204);
    let logged_out = send(service.call("POST", "/logout"), 204);

    let rows = audited(&mut service.sql());
    let first: Vec<_> = rows[..3].iter().map(|row| row.name.as_str()).collect();
    assert_eq!(
        first,
        ["user.signed_up", "login.succeeded", "login.succeeded"]
    );
    assert_eq!(rows[1].detail, json!({ "method": "password" }));
    let own = minji.session_id.as_str();
    let expected = [
        ("user.renamed", renamed, own, json!(null)),
        (
            "user.updated",
            updated,
            own,
            json!({ "updated": "profile" }),
        ),
        ("session.revoked", ended, revoked, json!(null)),
        ("sessions.revoked", others, own, json!({ "sessions": 1 })),
        ("confirmation.succeeded", confirmed, own, json!(null)),
        ("password.wrong", wrong, own, json!(null)),
        ("password.changed", changed, own, json!(null)),
        ("session.revoked", logged_out, own, json!(null)),
    ];
    assert_eq!(rows.len(), 3 + expected.len(), "{rows:#?}");
    for (row, (name, request, session, detail)) in rows[3..].iter().zip(expected) {
        assert_eq!(row.name, name);
        assert_eq!(row.request.as_deref(), Some(request.as_str()), "{name}");
        assert_eq!(row.session.as_deref(), Some(session), "{name}");
        assert_eq!(row.detail, detail, "{name}");
    }
    for row in &rows {
        assert_eq!(row.actor, "owner");
        assert_eq!(row.user.as_deref(), Some(minji.id.as_str()));
        assert_eq!(row.ip.as_deref(), Some("127.0.0.1"));
    }
    let agents = "SELECT user_agent AS text FROM events WHERE type = $1 AND type <> $2";
    assert_eq!(service.sql().texts(agents, "user.renamed", ""), [AGENT]);
}

#[test]
fn rows_name_no_one_by_username_or_email() {
    let service = Service::start();
    let minji = service.sign_up("canary-minji");
    service.log_in("canary-minji@example.com");
    let rename = json!({ "username": "canary-seojun", "display_name": "canary" });
    let call = service.call("PATCH", "/me").json(&rename);
    call.bearer(&minji.token).send().assert(200);
    super::log_in(&service, "canary-nobody", "canary-wrong");
    let rows = audited(&mut service.sql());
    assert!(rows.len() >= 5, "{rows:#?}");
    assert!(!format!("{rows:?}").contains("canary"), "{rows:#?}");
}

#[test]
fn repeated_updates_are_one_row_with_their_number() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    for number in 0..3 {
        let body = json!({ "display_name": format!("Minji {number}") });
        let call = service.call("PATCH", "/me").json(&body);
        call.bearer(&minji.token).send().assert(200);
    }
    let rows = audited(&mut service.sql());
    let counts: Vec<_> = named(&rows, "user.updated")
        .iter()
        .map(|row| row.count)
        .collect();
    assert_eq!(counts.iter().sum::<u64>(), 3);
    assert!(
        counts.len() <= 2,
        "two at a boundary of 10 minutes: {counts:?}"
    );
}
