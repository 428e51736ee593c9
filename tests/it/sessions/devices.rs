//! `GET /me/devices`, `DELETE /me/devices` and `DELETE /me/devices/{id}`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, TestService};

const DAY: Duration = Duration::from_hours(24);

fn start() -> TestService {
    TestService::start_with(&["--rate-limits=on"])
}

fn log_in(service: &TestService, device: Option<&str>) -> Reply {
    let mut body = json!({ "identifier": "minji", "password": PASSWORD });
    if let Some(device) = device {
        body["device_token"] = json!(device);
    }
    service.post("/login", &body).send().assert(200)
}

fn list(service: &TestService, token: &str) -> Vec<Value> {
    let reply = service.get("/me/devices").bearer(token).send().assert(200);
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.json["devices"].as_array().unwrap().clone()
}

fn forget(service: &TestService, token: &str, id: &str) -> Reply {
    let path = format!("/me/devices/{id}");
    service.call("DELETE", &path).bearer(token).send()
}

fn device_token(reply: &Reply) -> &str {
    reply.json["device_token"].as_str().unwrap()
}

#[test]
fn the_list_shows_every_recognized_device_of_the_account() {
    let service = start();
    service.sign_up("minji");
    service.sign_up("stranger");
    let created = [service.time_in(Duration::ZERO), service.time_in(DAY)];
    service.pass(DAY);
    let second = log_in(&service, None);
    service.pass(DAY);
    let again = log_in(&service, Some(device_token(&second)));
    assert!(again.json["device_token"].is_null());
    let listed = list(&service, &again.token());
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["created_at"], created[1]);
    assert_eq!(listed[0]["last_used_at"], service.time_in(Duration::ZERO));
    assert_eq!(listed[0]["expires_at"], service.time_in(DAY * 399));
    assert_eq!(listed[0]["trusted_until"], Value::Null);
    assert_eq!(listed[1]["created_at"], created[0]);
    assert_eq!(listed[1]["last_used_at"], created[0]);
    let current = |token: &str| {
        let listed = list(&service, token).into_iter();
        listed
            .map(|device| device["current"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(current(&again.token()), [true, false]);
    let other = log_in(&service, None);
    assert_eq!(current(&other.token()), [true, false, false]);
    let ids =
        |listed: &[Value]| -> Vec<_> { listed.iter().map(|device| device["id"].clone()).collect() };
    assert_ne!(listed[0]["id"], listed[1]["id"]);
    assert_eq!(
        ids(&list(&service, &other.token())[1..]),
        ids(&listed),
        "ids are stable"
    );
}

#[test]
fn forgotten_device_is_not_recognized_and_its_sessions_stay() {
    let service = start();
    let own = service.sign_up("minji");
    let other = log_in(&service, None);
    let listed = list(&service, &own);
    let id = listed.iter().find(|device| device["current"] == false);
    let id = id.unwrap()["id"].as_str().unwrap();
    forget(&service, &own, id).assert(204);
    forget(&service, &own, id).assert_problem(404, "device_not_found");
    assert_eq!(list(&service, &own).len(), 1);
    service.get("/me").bearer(&other.token()).send().assert(200);
    let unknown = log_in(&service, Some(device_token(&other)));
    assert_ne!(device_token(&unknown), device_token(&other));
}

#[test]
fn all_other_devices_are_forgotten() {
    let service = start();
    service.sign_up("minji");
    let own = log_in(&service, None);
    log_in(&service, None);
    let call = service.call("DELETE", "/me/devices").bearer(&own.token());
    call.send().assert(204);
    let left = list(&service, &own.token());
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["current"], true);
    let recognized = log_in(&service, Some(device_token(&own)));
    assert!(recognized.json["device_token"].is_null());
}

#[test]
fn devices_of_others_and_malformed_ids_are_not_found() {
    let service = start();
    let (own, stranger) = (service.sign_up("minji"), service.sign_up("stranger"));
    let id = list(&service, &own)[0]["id"].as_str().unwrap().to_owned();
    let foreign = forget(&service, &stranger, &id).assert_problem(404, "device_not_found");
    for id in ["019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c", "x", "%00"] {
        let unknown = forget(&service, &stranger, id).assert_problem(404, "device_not_found");
        assert_eq!(unknown.json["detail"], foreign.json["detail"], "{id}");
    }
    assert_eq!(list(&service, &own).len(), 1);
}

#[test]
fn expired_devices_and_those_of_before_have_no_times() {
    let service = start();
    let own = service.sign_up("minji");
    service
        .sql()
        .run("UPDATE devices SET last_used_at = 0, trusted_until = 1");
    let listed = list(&service, &own);
    assert_eq!(listed[0]["last_used_at"], Value::Null);
    assert_eq!(listed[0]["trusted_until"], Value::Null);
    service.sql().run("UPDATE devices SET expires_at = 1");
    assert!(list(&service, &own).is_empty());
}
