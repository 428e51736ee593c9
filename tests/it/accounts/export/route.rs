//! The route of the export: confirmation, streaming, its event, and failures.

use serde_json::{Value, json};

use super::{exported, printed};
use crate::support::{Account, Behaviour, MailServer, PASSWORD, Service};

fn types(document: &Value) -> Vec<&str> {
    let events = document["events"].as_array().unwrap().iter();
    events
        .map(|event| event["type"].as_str().unwrap())
        .collect()
}

#[test]
fn an_export_needs_a_confirmed_session() {
    let service = Service::start();
    let account = service.sign_up("minji");
    service
        .get("/me/export")
        .send()
        .assert_problem(401, "not_authenticated");
    let unconfirmed = "UPDATE sessions SET confirmed_at = 0";
    assert_eq!(service.sql().change(unconfirmed), 1);
    let export = || service.get("/me/export").bearer(&account.token).send();
    export().assert_problem(403, "confirmation_required");
    service.confirm(&account.token);
    let reply = export().assert(200);
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("cache-control"), "no-store");
    let name = "attachment; filename=\"account.json\"";
    assert_eq!(reply.header("content-disposition"), name);
    let expected = ["data.exported", "confirmation.succeeded", "user.signed_up"];
    assert_eq!(types(&reply.json), expected);
    assert_eq!(reply.json["events"][0]["actor"], "owner");
}

#[test]
fn the_export_of_an_operator_is_an_event_too() {
    let service = Service::start();
    service.sign_up("minji");
    let document = printed(&service, "MINJI@example.com");
    assert_eq!(types(&document), ["data.exported", "user.signed_up"]);
    assert_eq!(document["events"][0]["actor"], "operator");
    let output = service
        .command()
        .args(["user", "export", "nobody"])
        .output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
}

#[test]
fn repeated_exports_of_the_owner_share_a_row_and_those_of_an_operator_do_not() {
    let service = Service::start();
    let account = service.sign_up("minji");
    exported(&service, &account);
    printed(&service, "minji");
    exported(&service, &account);
    let document = printed(&service, "minji");
    let rows = document["events"].as_array().unwrap().iter();
    let rows = rows.filter(|event| event["type"] == "data.exported");
    let mut rows: Vec<_> = rows
        .map(|event| (event["actor"].clone(), event["detail"]["count"].as_u64()))
        .collect();
    // The ten minutes of the owner's row may end between two exports.
    let owners = rows.extract_if(.., |(actor, _)| actor == "owner");
    assert_eq!(owners.map(|(_, count)| count.unwrap()).sum::<u64>(), 2);
    assert_eq!(rows, [(json!("operator"), None), (json!("operator"), None)]);
}

/// Stores this many events of an account, the first one the oldest.
fn add_events(service: &Service, account: &Account, count: usize) {
    let owner = &account.id;
    let rows: Vec<_> = (0..count)
        .map(|number| {
            let id = format!("01900000-0000-7000-8000-{number:012}");
            format!("('{id}', 'login.succeeded', {number}, '{owner}', 'owner', NULL, NULL, NULL, 'r{number}', NULL, NULL, 0, 0)")
        })
        .collect();
    let columns = "id, type, at, user_id, actor, ip, user_agent, session_id, request_id, detail, roll_up, count, last_at";
    for rows in rows.chunks(500) {
        let insert = format!("INSERT INTO events ({columns}) VALUES {}", rows.join(", "));
        assert_eq!(service.sql().change(&insert), rows.len());
    }
}

#[test]
fn more_events_than_one_page_are_all_exported_in_order() {
    let service = Service::start();
    let account = service.sign_up("minji");
    for more in [500, 1_234] {
        service.sql().run("DELETE FROM events");
        add_events(&service, &account, more);
        let document = exported(&service, &account);
        let events = document["events"].as_array().unwrap();
        assert_eq!(events.len(), more + 1);
        assert_eq!(events[0]["type"], "data.exported");
        for (event, number) in events[1..].iter().zip((0..more).rev()) {
            assert_eq!(event["request_id"], format!("r{number}"));
        }
        assert_eq!(
            printed(&service, "minji")["events"]
                .as_array()
                .unwrap()
                .len(),
            more + 2
        );
    }
}

#[test]
fn an_export_whose_event_cannot_be_written_fails() {
    let service = Service::start();
    let account = service.sign_up("minji");
    let mut sql = service.sql();
    sql.refuse_inserts("events");
    let reply = service.get("/me/export").bearer(&account.token).send();
    assert!(!reply.assert(500).text.contains("minji@example.com"));
    let output = service.command().args(["user", "export", "minji"]).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    sql.accept_inserts("events");
    exported(&service, &account);
}

#[test]
fn the_cookie_exports_too() {
    let service = Service::start();
    let body = json!({
        "username": "minji", "email": "minji@example.com", "password": PASSWORD, "transport": "cookie"
    });
    let cookie = service.post("/signup", &body).send().assert(201).cookie();
    let reply = service.get("/me/export").cookie(&cookie).send().assert(200);
    assert_eq!(reply.json["user"]["username"], "minji");
}

#[test]
fn an_export_does_not_show_whether_a_requested_address_is_taken() {
    let server = MailServer::start();
    server.behave(Behaviour::Down);
    let url = server.url("?tls=off");
    let service = Service::start_with(&[
        ("DAEMUN_MAIL_URL", &url),
        ("DAEMUN_MAIL_FROM", "no-reply@example.com"),
        ("DAEMUN_EMAIL_VERIFICATION", "optional"),
    ]);
    let taken = service.sign_up("taken").email;
    let shown = [("minji", "free@example.com"), ("seojun", &taken)].map(|(name, email)| {
        let account = service.sign_up(name);
        let change = json!({ "email": email });
        let call = service.call("PUT", "/me/email").bearer(&account.token);
        call.json(&change).send().assert(202);
        let document = exported(&service, &account);
        let all = ["mailed_codes", "waiting_mails", "mail_requests"];
        all.map(|list| described(&document[list]))
    });
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[0][0], ["change_email", "verify_email"]);
    assert_eq!(shown[0][1], ["verify_email"]);
}

/// Returns the purpose or the kind of each row, sorted.
fn described(rows: &Value) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter();
    let mut described: Vec<_> = rows
        .map(|row| {
            let name = row.get("purpose").or_else(|| row.get("kind"));
            name.unwrap().as_str().unwrap().to_owned()
        })
        .collect();
    described.sort_unstable();
    described
}
