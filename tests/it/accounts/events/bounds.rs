//! Sessions and devices that end as a consequence, and the bound of an account's rows.

use serde_json::{Value, json};

use super::{Audited, audited, command::done, named};
use crate::support::{PASSWORD, Service};

#[test]
fn a_new_password_records_the_sessions_and_devices_that_it_ends() {
    let service = Service::start_with(&[("DAEMUN_RATE_LIMITS", "on")]);
    let minji = service.sign_up("minji");
    service.log_in("minji");
    let new = "Another-Horse-7-battery";
    let change = json!({ "current_password": PASSWORD, "new_password": new });
    let call = service.call("PUT", "/me/password").json(&change);
    call.bearer(&minji.token).send().assert(204);
    let arguments = ["user", "set-password", "minji"];
    done(&service, &arguments, "Third-Horse-7-battery\n");
    let rows = audited(&mut service.sql());
    let ends = ["password.changed", "sessions.revoked", "device.forgotten"];
    let ended = rows.iter().filter(|row| ends.contains(&row.name.as_str()));
    let mut ended: Vec<_> = ended
        .map(|row| (row.actor.as_str(), row.name.as_str(), &row.detail))
        .collect();
    ended.sort_unstable_by_key(|(actor, name, _)| (*actor, *name));
    let (one_device, one_session) = (json!({ "devices": 1 }), json!({ "sessions": 1 }));
    let expected = ["operator", "owner"].map(|actor| {
        [
            (actor, "device.forgotten", &one_device),
            (actor, "password.changed", &Value::Null),
            (actor, "sessions.revoked", &one_session),
        ]
    });
    assert_eq!(ended, expected.concat());
}

#[test]
fn a_login_records_the_session_of_its_cookie_that_it_replaces() {
    let service = Service::start();
    service.sign_up("minji");
    let body = json!({ "identifier": "minji", "password": PASSWORD, "transport": "cookie" });
    let first = service.post("/login", &body).send().assert(200);
    let again = service.post("/login", &body).cookie(&first.cookie());
    again.send().assert(200);
    let rows = audited(&mut service.sql());
    let revoked = named(&rows, "session.revoked");
    assert_eq!(revoked.len(), 1, "{rows:?}");
    let replaced = first.json["session"]["id"].as_str();
    assert_eq!(revoked[0].session.as_deref(), replaced);
    assert_eq!(revoked[0].actor, "owner");
}

#[test]
fn a_login_records_the_oldest_session_that_is_one_too_many() {
    let service = Service::start();
    service.sign_up("minji");
    for _session in 0..100 {
        service.log_in("minji");
    }
    let rows = audited(&mut service.sql());
    let revoked = named(&rows, "sessions.revoked");
    assert_eq!(revoked.len(), 1);
    assert_eq!(revoked[0].detail, json!({ "sessions": 1 }));
}

#[test]
fn a_loop_of_an_owner_adds_no_more_than_200_rows_and_some_shared_ones() {
    const DEEDS: u64 = 230;
    let service = Service::start();
    let minji = service.sign_up("minji");
    let others = service.sign_up("seojun");
    for _deed in 0..DEEDS {
        service.confirm(&minji.token);
    }
    service.confirm(&others.token);
    let rows = audited(&mut service.sql());
    let own = |row: &&Audited| row.user.as_deref() == Some(minji.id.as_str());
    let own: Vec<_> = rows.iter().filter(own).collect();
    // The deeds may fall into two windows of 10 minutes.
    assert!((201..=202).contains(&own.len()), "{}", own.len());
    let shared: u64 = own[200..].iter().map(|row| row.count).sum();
    assert_eq!(199 + shared, DEEDS);
    assert!(own[..200].iter().all(|row| row.count == 0));
    assert_eq!(named(&rows, "confirmation.succeeded").len(), own.len());
}
