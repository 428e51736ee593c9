//! The side of another service: it gets a service key and introspects tokens.

use std::process::Output;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Account, Reply, Service};

pub fn key_command(service: &Service, arguments: &[&str]) -> Output {
    let mut command = service.command();
    command.arg("key").args(arguments).output().unwrap()
}

/// Runs `daemun key …`, which must succeed. Returns its output.
#[track_caller]
pub fn done(service: &Service, arguments: &[&str]) -> String {
    let output = key_command(service, arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub fn introspect(service: &Service, key: &str, token: &str) -> Reply {
    let form = format!("token={token}");
    service
        .call("POST", "/introspect")
        .body("application/x-www-form-urlencoded", form.as_bytes())
        .bearer(key)
        .send()
}

#[track_caller]
pub fn is_active(service: &Service, key: &str, token: &str) -> bool {
    let reply = introspect(service, key, token).assert(200);
    let is_active = reply.json["active"].as_bool().unwrap();
    if !is_active {
        assert_eq!(reply.json, json!({ "active": false }));
    }
    is_active
}

pub fn access_token(service: &Service, account: &Account) -> String {
    let reply = service.call("POST", "/token").bearer(&account.token).send();
    reply.assert(200).json["access_token"]
        .as_str()
        .unwrap()
        .to_owned()
}

pub fn claims(token: &str) -> Value {
    let body = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap()
}
