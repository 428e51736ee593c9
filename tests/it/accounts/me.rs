//! `GET`, `PATCH` and `DELETE /me`.

use serde_json::{Value, json};

use crate::support::{Account, Call, PASSWORD, Reply, Service, count, send_at_once};

fn renaming(service: &Service, account: &Account, body: &Value) -> Call {
    let call = service.call("PATCH", "/me").json(body);
    call.bearer(&account.token)
}

fn change(service: &Service, account: &Account, body: &Value) -> Reply {
    renaming(service, account, body).send()
}

fn delete(service: &Service, account: &Account) -> Reply {
    let call = service.call("DELETE", "/me");
    call.bearer(&account.token).send()
}

#[test]
fn personal_data_is_not_cached() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let reply = service.get("/me").bearer(&minji.token).send().assert(200);
    assert_eq!(reply.header("cache-control"), "no-store");
    service
        .get("/me")
        .send()
        .assert_problem(401, "not_authenticated");
}

#[test]
fn a_rename_takes_effect_at_once_and_frees_the_old_name() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let reply = change(&service, &minji, &json!({ "username": "Minji.K" })).assert(200);
    assert_eq!(reply.json["username"], "Minji.K");
    assert_eq!(reply.json["id"], minji.id);
    let me = service.get("/me").bearer(&minji.token).send();
    assert_eq!(me.json, reply.json);
    service.log_in("minji.k");
    let old = json!({ "identifier": "minji", "password": PASSWORD });
    service.post("/login", &old).send().assert(401);
    let next = json!({ "username": "minji", "email": "next@example.com", "password": PASSWORD });
    service.post("/signup", &next).send().assert(201);
}

#[test]
fn a_rename_may_change_only_the_case() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let reply = change(&service, &minji, &json!({ "username": "MinJi" }));
    assert_eq!(reply.assert(200).json["username"], "MinJi");
}

#[test]
fn absent_fields_stay_unchanged() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let reply = change(&service, &minji, &json!({})).assert(200);
    assert_eq!(reply.json["username"], "minji");
}

#[test]
fn a_taken_or_invalid_name_changes_nothing() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    service.sign_up("taken");
    let reply = change(&service, &minji, &json!({ "username": "TAKEN" }));
    assert_eq!(
        reply.assert_problem(409, "username_taken").refused(),
        ["username username_taken"]
    );
    for (body, refused) in [
        (json!({ "username": "root" }), "username reserved"),
        (json!({ "username": 7 }), "username invalid_type"),
        (
            json!({ "email": "other@example.com" }),
            "email unknown_field",
        ),
        (json!({ "id": "x" }), "id unknown_field"),
    ] {
        let reply = change(&service, &minji, &body);
        assert_eq!(
            reply.assert_problem(422, "validation_failed").refused(),
            [refused]
        );
    }
    let me = service.get("/me").bearer(&minji.token).send();
    assert_eq!(me.json["username"], "minji");
}

#[test]
fn concurrent_renames_to_one_name_succeed_once() {
    let service = Service::start();
    let replies = send_at_once((0..10).map(|number| {
        let account = service.sign_up(&format!("minji{number}"));
        renaming(&service, &account, &json!({ "username": "minji" }))
    }));
    assert_eq!([count(&replies, 200), count(&replies, 409)], [1, 9]);
}

#[test]
fn concurrent_name_swaps_do_not_deadlock() {
    let service = Service::start();
    let accounts = ["minji", "jisoo"].map(|name| service.sign_up(name));
    for _ in 0..40 {
        let names = ["jisoo", "minji"];
        let calls = accounts.iter().zip(names);
        let calls =
            calls.map(|(account, name)| renaming(&service, account, &json!({ "username": name })));
        let replies = send_at_once(calls);
        assert_eq!(count(&replies, 409), 2, "the other still has the name");
    }
}

#[test]
fn a_deleted_account_leaves_no_sessions_and_frees_its_name() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let other = service.log_in("minji");
    delete(&service, &minji).assert(204);
    for token in [&minji.token, &other] {
        service
            .get("/me")
            .bearer(token)
            .send()
            .assert_problem(401, "not_authenticated");
    }
    let login = json!({ "identifier": "minji", "password": PASSWORD });
    service.post("/login", &login).send().assert(401);
    let again = service.sign_up("minji");
    assert_ne!(again.id, minji.id);
    let sessions = service.get("/sessions").bearer(&again.token).send();
    assert_eq!(sessions.json["sessions"].as_array().unwrap().len(), 1);
}

#[test]
fn deletion_requires_a_confirmed_session() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    service.sql().run("UPDATE sessions SET confirmed_at = 0");
    let reply = delete(&service, &minji).assert_problem(403, "confirmation_required");
    assert_eq!(reply.json["methods"], json!(["password"]));
    assert!(reply.lines("set-cookie").is_empty());
    service.get("/me").bearer(&minji.token).send().assert(200);
}

#[test]
fn authentication_comes_before_body_parsing() {
    let service = Service::start();
    for (method, path) in [
        ("PATCH", "/me"),
        ("POST", "/me/confirm"),
        ("PUT", "/me/password"),
    ] {
        for (kind, body) in [
            ("application/json", "{"),
            ("application/json", "{\"x\":1}"),
            ("text/plain", "x"),
        ] {
            service
                .call(method, path)
                .body(kind, body.as_bytes())
                .send()
                .assert_problem(401, "not_authenticated");
        }
    }
}
