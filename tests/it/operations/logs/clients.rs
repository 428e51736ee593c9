//! The client IP and the user in request lines, the lines about proofs of work, and the version.

use serde_json::{Value, json};

use super::{CLIENT, PASSWORD, events};
use crate::support::Service;

const BEHIND_PROXY: (&str, &str) = ("DAEMUN_TRUSTED_PROXIES", "127.0.0.1");

fn requests(service: &mut Service) -> Vec<Value> {
    service.stop();
    let log = events(&service.log());
    log.into_iter()
        .filter(|line| line["message"] == "request")
        .collect()
}

/// Sends a signup, a request with its session, a login and an anonymous request.
fn exercise(service: &Service) -> Value {
    let send = |call: crate::support::Call, status| {
        call.header("x-forwarded-for", CLIENT).send().assert(status)
    };
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD });
    let created = send(service.post("/signup", &body), 201);
    let token = created.token();
    send(service.get("/me").bearer(&token), 200);
    let body = json!({ "identifier": "minji", "password": PASSWORD });
    send(service.post("/login", &body), 200);
    send(service.get("/me"), 401);
    created.json["user"]["id"].clone()
}

#[test]
fn request_lines_have_the_client_ip_and_the_user_id_if_the_operator_enabled_them() {
    let settings = [("DAEMUN_LOG_CLIENT_IP", "on"), BEHIND_PROXY];
    let mut service = Service::start_with(&settings);
    let user = exercise(&service);
    let requests = requests(&mut service);
    assert_eq!(requests.len(), 4);
    for (request, user) in requests.iter().zip([&user, &user, &user, &Value::Null]) {
        assert_eq!(request["client.ip"], CLIENT, "{request}");
        assert_eq!(request["user.id"], *user, "{request}");
    }
}

#[test]
fn request_lines_have_neither_by_default() {
    let mut service = Service::start_with(&[BEHIND_PROXY]);
    exercise(&service);
    for request in requests(&mut service) {
        assert_eq!(request.get("client.ip"), None, "{request}");
        assert_eq!(request.get("user.id"), None, "{request}");
    }
}

#[test]
fn demanded_proofs_of_work_are_logged_once_a_minute_and_client_ip() {
    let mut service = Service::start_with(&[("DAEMUN_CAPTCHA", "always"), BEHIND_PROXY]);
    let body = json!({ "identifier": "minji", "password": PASSWORD });
    for ip in [CLIENT, CLIENT, "198.51.100.7", CLIENT] {
        let call = service.post("/login", &body).header("x-forwarded-for", ip);
        call.send().assert_problem(403, "captcha_required");
    }
    service.stop();
    let log = events(&service.log());
    let lines: Vec<_> = log
        .iter()
        .filter(|line| line["event"] == "captcha.required")
        .collect();
    let ips: Vec<_> = lines.iter().map(|line| &line["client.ip"]).collect();
    assert_eq!(ips, [CLIENT, "198.51.100.7"]);
    for line in lines {
        assert_eq!(line["route"], "/login");
        assert!(line["span"]["request.id"].is_string(), "{line}");
    }
}

#[test]
fn the_start_line_has_the_version() {
    let mut service = Service::start_with(&[]);
    service.stop();
    let log = events(&service.log());
    let ready = log.iter().find(|line| line["event"] == "service.ready");
    assert_eq!(ready.unwrap()["version"], env!("CARGO_PKG_VERSION"));
}
