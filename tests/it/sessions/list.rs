//! `GET /sessions`, `DELETE /sessions` and `DELETE /sessions/{id}`.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::{PASSWORD, Service};

fn list(service: &Service, token: &str) -> Vec<Value> {
    let reply = service.get("/sessions").bearer(token).send().assert(200);
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.json["sessions"].as_array().unwrap().clone()
}

fn end(service: &Service, token: &str, id: &str) -> crate::support::Reply {
    service
        .call("DELETE", &format!("/sessions/{id}"))
        .bearer(token)
        .send()
}

#[test]
fn the_list_shows_every_session_of_the_user() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    service.sign_up("stranger");
    let body = json!({ "identifier": "minji", "password": PASSWORD });
    let second = service
        .post("/login", &body)
        .header("user-agent", "Gate/1.0 (tests)")
        .send()
        .assert(200);
    let sessions = list(&service, &minji.token);
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions[0]["id"], second.json["session"]["id"]);
    assert_eq!(
        sessions[0]["expires_at"],
        second.json["session"]["expires_at"]
    );
    assert_eq!(sessions[0]["user_agent"], "Gate/1.0 (tests)");
    assert_eq!(sessions[0]["ip"], "127.0.0.1");
    assert_eq!(sessions[0]["current"], false);
    assert_eq!(sessions[1]["id"], minji.session_id);
    assert_eq!(sessions[1]["current"], true);
    assert_eq!(sessions[0].get("token"), None);
    let seen_by_second = list(&service, &second.token());
    assert_eq!(seen_by_second[0]["current"], true);
    assert_eq!(seen_by_second[1]["current"], false);
}

#[test]
fn one_session_can_be_revoked() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let other = service.log_in("minji");
    let reply = end(&service, &other, &minji.session_id).assert(204);
    assert!(
        reply.lines("set-cookie").is_empty(),
        "another session's cookie"
    );
    service.get("/me").bearer(&minji.token).send().assert(401);
    end(&service, &other, &minji.session_id).assert_problem(404, "session_not_found");
    let own = list(&service, &other)[0]["id"].as_str().unwrap().to_owned();
    let reply = end(&service, &other, &own).assert(204);
    assert_eq!(reply.cookie(), "");
    service.get("/me").bearer(&other).send().assert(401);
}

#[test]
fn another_accounts_session_is_not_found() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let stranger = service.sign_up("stranger");
    let theirs = end(&service, &stranger.token, &minji.session_id);
    let theirs = theirs.assert_problem(404, "session_not_found");
    let nobodys = end(
        &service,
        &stranger.token,
        "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c",
    )
    .assert_problem(404, "session_not_found");
    assert_eq!(theirs.json["detail"], nobodys.json["detail"]);
    service.get("/me").bearer(&minji.token).send().assert(200);
}

#[test]
fn a_malformed_id_is_not_found() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    for id in [
        "x",
        "%ff%fe",
        "%00",
        "%2e%2e",
        "..%2fme",
        "019aab123c4e7a109d2c5b6a7f8e9d0c",
        "%F0%9F%99%82",
        "'%20OR%20'1'='1",
        &"9".repeat(2_000),
    ] {
        end(&service, &minji.token, id).assert_problem(404, "session_not_found");
    }
}

#[test]
fn all_other_sessions_can_be_revoked() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let stranger = service.sign_up("stranger");
    let others: Vec<_> = (0..3).map(|_| service.log_in("minji")).collect();
    let reply = service
        .call("DELETE", "/sessions")
        .bearer(&minji.token)
        .send()
        .assert(204);
    assert!(reply.lines("set-cookie").is_empty());
    for other in others {
        service.get("/me").bearer(&other).send().assert(401);
    }
    service
        .get("/me")
        .bearer(&stranger.token)
        .send()
        .assert(200);
    assert_eq!(list(&service, &minji.token).len(), 1);
}

#[test]
fn the_hundred_and_first_session_evicts_the_oldest() {
    let service = Service::start();
    let first = service.sign_up("minji");
    let second = service.log_in("minji");
    let mut last = String::new();
    for _ in 2..100 {
        last = service.log_in("minji");
    }
    let sessions = list(&service, &last);
    assert_eq!(sessions.len(), 100);
    assert_eq!(sessions[99]["id"], first.session_id);
    service.get("/me").bearer(&first.token).send().assert(200);
    let hundred_and_first = service.log_in("minji");
    let sessions = list(&service, &hundred_and_first);
    assert_eq!(sessions.len(), 100);
    service.get("/me").bearer(&first.token).send().assert(401);
    service.get("/me").bearer(&second).send().assert(200);
    let ids: HashSet<_> = sessions.iter().map(|session| &session["id"]).collect();
    assert_eq!(ids.len(), 100);
}

#[test]
fn user_agents_are_truncated_and_cleaned() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let body = json!({ "identifier": "minji", "password": PASSWORD });
    for (sent, kept) in [
        (vec![b'x'; 300], "x".repeat(256)),
        (
            b"tab\there \xff end".to_vec(),
            "tabhere \u{fffd} end".to_owned(),
        ),
        (
            "한글 브라우저".as_bytes().to_vec(),
            "한글 브라우저".to_owned(),
        ),
        (
            b"<script>alert(1)</script>".to_vec(),
            "<script>alert(1)</script>".to_owned(),
        ),
    ] {
        let login = service.post("/login", &body);
        login.raw_header("user-agent", &sent).send().assert(200);
        assert_eq!(list(&service, &minji.token)[0]["user_agent"], kept);
    }
}
