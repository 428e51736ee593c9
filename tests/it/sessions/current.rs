//! The current session: `GET /session` with a live session, with a dead one and without any.

use std::time::Duration;

use serde_json::{Value, json};

use super::cookie::log_in;
use crate::support::{PASSWORD, Reply, Service, TestService, integrations::access_token};

/// Asserts that the reply states no session.
#[track_caller]
fn assert_none(reply: Reply) -> Reply {
    let reply = reply.assert(200);
    assert_eq!(reply.json, json!({ "user": null, "session": null }));
    assert_eq!(reply.header("cache-control"), "no-store");
    reply
}

#[test]
fn the_session_of_a_cookie_or_a_token_is_returned_without_its_token() {
    let service = Service::start();
    service.sign_up("minji");
    let login = json!({ "identifier": "minji", "password": PASSWORD });
    let by_token = service.post("/login", &login).send().assert(200);
    let by_cookie = log_in(&service, true);
    for (call, opened) in [
        (
            service.get("/session").bearer(&by_token.token()),
            &by_token.json,
        ),
        (
            service.get("/session").cookie(&by_cookie.cookie()),
            &by_cookie.json,
        ),
    ] {
        let reply = call.send().assert(200);
        let session = json!({
            "id": opened["session"]["id"], "expires_at": opened["session"]["expires_at"]
        });
        assert_eq!(
            reply.json,
            json!({ "user": opened["user"], "session": session })
        );
        assert_eq!(reply.header("cache-control"), "no-store");
        assert!(reply.lines("set-cookie").is_empty());
    }
}

#[test]
fn a_request_without_a_credential_of_the_service_has_no_session() {
    let service = Service::start();
    service.sign_up("minji");
    let cookie = log_in(&service, false).cookie();
    let reply = assert_none(service.get("/session").send());
    assert!(reply.lines("set-cookie").is_empty());
    for other in ["Basic bWluamk6eA==", "Bearer x", "token app-key", ""] {
        let with = || service.get("/session").header("authorization", other);
        let reply = assert_none(with().send());
        assert!(reply.lines("set-cookie").is_empty(), "{other}");
        let reply = with().cookie(&cookie).send().assert(200);
        assert_eq!(reply.json["user"]["username"], "minji", "{other}");
    }
}

#[test]
fn a_dead_cookie_is_no_session_and_is_cleared() {
    let service = Service::start();
    service.sign_up("minji");
    let revoked = log_in(&service, false).cookie();
    let logout = service.call("POST", "/logout").cookie(&revoked);
    logout.send().assert(204);
    let unknown = format!("dms_{}", "A".repeat(43));
    for dead in ["", "x", "dms_", &unknown, &revoked] {
        let reply = assert_none(service.get("/session").cookie(dead).send());
        let cleared = reply.header("set-cookie");
        assert!(cleared.starts_with("__Host-daemun=;"), "{cleared}");
        assert!(cleared.contains("; Max-Age=0"), "{cleared}");
        let head = service.call("HEAD", "/session").cookie(dead).send();
        assert_eq!(head.assert(200).lines("set-cookie").len(), 1);
    }
}

#[test]
fn a_cookie_with_two_values_is_no_session_and_is_kept() {
    let service = Service::start();
    service.sign_up("minji");
    let one = log_in(&service, false).cookie();
    let other = log_in(&service, false).cookie();
    for second in [other.as_str(), "planted", ""] {
        let call = service.get("/session").cookie(&one).cookie(second);
        let reply = assert_none(call.send());
        assert!(reply.lines("set-cookie").is_empty());
    }
    let twice = service.get("/session").cookie(&one).cookie(&one);
    assert_eq!(twice.send().assert(200).json["user"]["username"], "minji");
}

#[test]
fn an_invalid_bearer_token_of_the_service_is_not_authenticated() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let ended = service.sign_up("ended");
    let logout = service.call("POST", "/logout").bearer(&ended.token);
    logout.send().assert(204);
    let cookie = log_in(&service, false).cookie();
    for token in ["dms_dead", "dmk_dead", &ended.token] {
        for call in [
            service.get("/session"),
            service.get("/session").cookie(&cookie),
            service.get("/session").cookie("dead"),
        ] {
            let reply = call.bearer(token).send();
            let reply = reply.assert_problem(401, "not_authenticated");
            assert!(reply.lines("set-cookie").is_empty(), "{token}");
        }
    }
    let access_token = access_token(&service, &minji);
    let reply = service.get("/session").bearer(&access_token).send();
    reply.assert_problem(401, "not_authenticated");
    let twice = service.get("/session").bearer(&minji.token);
    let reply = twice.header("authorization", "Basic eDp4").send();
    reply.assert_problem(401, "not_authenticated");
}

#[test]
fn a_page_that_reads_its_session_extends_it() {
    let service = TestService::start();
    service.sign_up("minji");
    let login = json!({ "identifier": "minji", "password": PASSWORD, "remember": true });
    let token = service.post("/login", &login).send().assert(200).token();
    let hour = Duration::from_hours(1);
    let fortnight = hour * 24 * 14;
    let current = || service.get("/session").bearer(&token).send();
    let expires_at = |reply: Reply| reply.assert(200).json["session"]["expires_at"].clone();
    service.pass(fortnight.saturating_sub(hour));
    assert_eq!(expires_at(current()), service.time_in(fortnight));
    let sessions = service.get("/sessions").bearer(&token).send().assert(200);
    let all = sessions.json["sessions"].as_array().unwrap().iter();
    let mut own = all.filter(|session| session["current"] == true);
    assert_eq!(
        own.next().unwrap()["expires_at"],
        service.time_in(fortnight)
    );
    service.pass(fortnight);
    current().assert_problem(401, "not_authenticated");
}

#[test]
fn without_the_database_a_cookie_is_neither_rejected_nor_cleared() {
    let service = Service::start();
    service.sign_up("minji");
    let cookie = log_in(&service, false).cookie();
    service.home().hide_database();
    let reply = service.get("/session").cookie(&cookie).send();
    let reply = reply.assert_problem(503, "database_unavailable");
    assert!(reply.lines("set-cookie").is_empty());
    assert_none(service.get("/session").send());
    service.home().show_database();
    let reply = service.get("/session").cookie(&cookie).send().assert(200);
    assert_ne!(reply.json["user"], Value::Null);
}

#[test]
fn a_listed_origin_reads_the_session_of_its_visitor() {
    let service = Service::start_with(&[("DAEMUN_CORS_ORIGINS", "https://app.example.com")]);
    service.sign_up("minji");
    let cookie = log_in(&service, false).cookie();
    let from = |origin: &str| {
        let call = service.get("/session").cookie(&cookie);
        call.header("origin", origin).send()
    };
    let reply = from("https://app.example.com").assert(200);
    assert_eq!(reply.json["user"]["username"], "minji");
    assert_eq!(
        reply.header("access-control-allow-origin"),
        "https://app.example.com"
    );
    let reply = from("https://evil.example").assert(200);
    assert!(
        reply.lines("access-control-allow-origin").is_empty(),
        "no page of another origin reads it"
    );
}
