//! `POST /logout`.

use serde_json::json;

use crate::support::{PASSWORD, Service};

#[test]
fn logout_revokes_the_token() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let other = service.log_in("minji");
    let reply = service
        .call("POST", "/logout")
        .bearer(&minji.token)
        .send()
        .assert(204);
    assert_eq!(reply.text, "");
    for (method, path) in [("GET", "/me"), ("POST", "/logout"), ("GET", "/sessions")] {
        service
            .call(method, path)
            .bearer(&minji.token)
            .send()
            .assert_problem(401, "not_authenticated");
    }
    service.get("/me").bearer(&other).send().assert(200);
}

#[test]
fn logout_clears_the_cookie() {
    let service = Service::start();
    service.sign_up("minji");
    let body = json!({ "identifier": "minji", "password": PASSWORD, "transport": "cookie" });
    let token = service.post("/login", &body).send().assert(200).cookie();
    let reply = service
        .call("POST", "/logout")
        .cookie(&token)
        .send()
        .assert(204);
    assert_eq!(reply.cookie(), "");
    assert!(reply.header("set-cookie").contains("Max-Age=0"));
    service.get("/me").cookie(&token).send().assert(401);
}

#[test]
fn logout_without_a_session_is_401() {
    let service = Service::start();
    let reply = service.call("POST", "/logout").send();
    let reply = reply.assert_problem(401, "not_authenticated");
    assert_eq!(reply.header("www-authenticate"), "Bearer");
    assert!(reply.lines("set-cookie").is_empty());
}
