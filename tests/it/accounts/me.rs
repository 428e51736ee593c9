//! `GET`, `PATCH` and `DELETE /me`

use serde_json::{Value, json};

use crate::support::{Account, Call, PASSWORD, Reply, Service, count, send_at_once};

fn renaming(service: &Service, account: &Account, body: &Value) -> Call {
    let call = service.call("PATCH", "/me").json(body);
    call.bearer(&account.token)
}

fn change(service: &Service, account: &Account, body: &Value) -> Reply {
    renaming(service, account, body).send()
}

fn delete(service: &Service, account: &Account, password: &str) -> Reply {
    service
        .call("DELETE", "/me")
        .json(&json!({ "current_password": password }))
        .bearer(&account.token)
        .send()
}

#[test]
fn personal_data_is_kept_by_nobody() {
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
fn a_new_name_holds_at_once_and_frees_the_old_one() {
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
fn the_case_of_the_own_name_can_be_changed() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let reply = change(&service, &minji, &json!({ "username": "MinJi" }));
    assert_eq!(reply.assert(200).json["username"], "MinJi");
}

#[test]
fn what_is_absent_stays() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let reply = change(&service, &minji, &json!({})).assert(200);
    assert_eq!(reply.json["username"], "minji");
}

#[test]
fn a_name_in_use_or_against_the_rules_changes_nothing() {
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
fn one_name_is_changed_to_once_however_many_ask_at_once() {
    let service = Service::start();
    let replies = send_at_once((0..10).map(|number| {
        let account = service.sign_up(&format!("minji{number}"));
        renaming(&service, &account, &json!({ "username": "minji" }))
    }));
    assert_eq!([count(&replies, 200), count(&replies, 409)], [1, 9]);
}

#[test]
fn two_accounts_that_swap_names_at_once_are_answered() {
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
fn a_deleted_account_is_gone_with_everything_of_its_own() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let other = service.log_in("minji");
    delete(&service, &minji, PASSWORD).assert(204);
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
fn a_deletion_needs_the_current_password() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    for password in ["wrong", "", "\0", &"x".repeat(200)] {
        let reply = delete(&service, &minji, password);
        let reply = reply.assert_problem(403, "current_password_wrong");
        assert!(reply.lines("set-cookie").is_empty());
    }
    service.get("/me").bearer(&minji.token).send().assert(200);
}

#[test]
fn the_body_is_not_looked_at_before_the_caller_is_known() {
    let service = Service::start();
    for (method, path) in [("PATCH", "/me"), ("DELETE", "/me"), ("PUT", "/me/password")] {
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
