//! `GET /me/events`

use std::time::Duration;

use serde_json::{Value, json};

use super::log_in;
use crate::support::{Reply, Service, TestService};

fn list(service: &Service, token: &str, query: &str) -> Reply {
    let path = format!("/me/events{query}");
    service.get(&path).bearer(token).send()
}

fn ids(page: &Value) -> Vec<&str> {
    let events = page["events"].as_array().unwrap().iter();
    events.map(|event| event["id"].as_str().unwrap()).collect()
}

#[test]
fn the_owner_lists_its_own_events_the_newest_first() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    service.sign_up("seojun");
    assert_eq!(log_in(&service, "minji", "wrong"), 401);
    assert_eq!(log_in(&service, "nobody", "wrong"), 401);
    let disabled = service
        .command()
        .args(["user", "set-roles", "minji", "editor"])
        .output();
    assert!(disabled.unwrap().status.success());

    let page = list(&service, &minji.token, "").assert(200).json;
    assert_eq!(page["next_cursor"], Value::Null);
    let events = page["events"].as_array().unwrap();
    let member = |name: &str| {
        events
            .iter()
            .map(|event| event[name].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        member("type"),
        ["user.updated", "login.failed", "user.signed_up"]
    );
    assert_eq!(member("actor"), ["operator", "anonymous", "owner"]);
    assert_eq!(member("user_id"), vec![json!(minji.id); 3]);
    assert_eq!(
        member("ip"),
        [json!(null), json!("127.0.0.1"), json!("127.0.0.1")]
    );
    let session = json!(minji.session_id);
    assert_eq!(member("session_id"), [Value::Null, Value::Null, session]);
    let counted = &events[1]["detail"];
    assert_eq!(
        (&counted["count"], &counted["last_at"]),
        (&json!(1), &events[1]["at"])
    );
    assert_eq!(events[2]["detail"], Value::Null);
    let mut times = member("at")
        .iter()
        .map(|at| at.as_str().unwrap().to_owned())
        .collect::<Vec<_>>();
    times.reverse();
    assert!(times.is_sorted(), "{times:?}");
}

#[test]
fn pages_do_not_shift_while_events_are_added() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    for _ in 0..6 {
        service.log_in("minji");
    }
    let whole = list(&service, &minji.token, "?limit=100").assert(200).json;
    assert_eq!(ids(&whole).len(), 7);
    let mut paged = Vec::new();
    let mut query = String::from("?limit=3");
    let mut sizes = Vec::new();
    loop {
        let page = list(&service, &minji.token, &query).assert(200).json;
        sizes.push(ids(&page).len());
        paged.extend(ids(&page).into_iter().map(str::to_owned));
        service.log_in("minji");
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        query = format!("?limit=3&cursor={cursor}");
    }
    assert_eq!(sizes, [3, 3, 1]);
    assert_eq!(paged, ids(&whole));
}

#[test]
fn a_full_last_page_has_no_cursor() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    service.log_in("minji");
    let page = list(&service, &minji.token, "?limit=2").assert(200).json;
    assert_eq!((ids(&page).len(), &page["next_cursor"]), (2, &Value::Null));
}

#[test]
fn a_cursor_is_of_one_list_and_valid_for_a_day() {
    let service = TestService::start();
    let minji = service.sign_up("minji");
    let seojun = service.sign_up("seojun");
    let log_in = json!({ "identifier": "minji", "password": crate::support::PASSWORD });
    service.post("/login", &log_in).send().assert(200);
    let list = |token: &str, query: &str| {
        let path = format!("/me/events{query}");
        service.get(&path).bearer(token).send()
    };
    let first = list(&minji, "?limit=1").assert(200).json;
    let cursor = first["next_cursor"].as_str().unwrap();
    let next = format!("?cursor={cursor}");
    list(&minji, &next).assert(200);
    list(&seojun, &next).assert_problem(400, "cursor_invalid");
    for wrong in ["x", "%00", "AAAA", &cursor[1..], &format!("{cursor}A")] {
        let reply = list(&minji, &format!("?cursor={wrong}"));
        reply.assert_problem(400, "cursor_invalid");
    }
    service.pass_almost(Duration::from_hours(24));
    let again = service.post("/login", &log_in).send().assert(200).token();
    list(&again, &next).assert(200);
    service.pass(Duration::from_micros(1));
    list(&again, &next).assert_problem(400, "cursor_invalid");
}

#[test]
fn a_wrong_limit_is_rejected_and_a_session_is_needed() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    for query in [
        "?limit=0",
        "?limit=101",
        "?limit=many",
        "?limit=",
        "?limit=1&limit=2",
    ] {
        let reply = list(&service, &minji.token, query);
        let reply = reply.assert_problem(422, "validation_failed");
        assert_eq!(reply.json["errors"][0]["field"], "limit", "{query}");
    }
    service
        .get("/me/events")
        .send()
        .assert_problem(401, "not_authenticated");
}
