//! The requests that the receiver gets.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::{Receiver, SECRET, Webhook, sender, sender_with, wait_until_sent};
use crate::support::Service;

const OTHER_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Returns the signature of a request under a secret, computed from its definition.
fn signature(webhook: &Webhook, secret: &str) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap());
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.unwrap()).unwrap();
    mac.update(webhook.id().as_bytes());
    mac.update(b".");
    mac.update(webhook.headers["webhook-timestamp"].as_bytes());
    mac.update(b".");
    mac.update(&webhook.body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[test]
fn a_signup_reaches_the_receiver_signed_and_with_the_event_of_the_audit_log() {
    let receiver = Receiver::start();
    let service = sender(&receiver);
    let account = service.sign_up("minji");
    let webhook = receiver.wait_for(1).remove(0);
    assert_eq!(
        webhook.request_line,
        "POST /webhooks?token=hunter2 HTTP/1.1"
    );
    assert_eq!(webhook.headers["content-type"], "application/json");
    let agent = format!("daemun/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(webhook.headers["user-agent"], agent);
    assert_eq!(
        webhook.headers["webhook-signature"],
        signature(&webhook, SECRET)
    );
    let events = service.get("/me/events").bearer(&account.token).send();
    let event = events.assert(200).json["events"][0].clone();
    assert_eq!(event["type"], "user.signed_up");
    assert_eq!(webhook.id(), event["id"]);
    let body = json!({ "type": "user.signed_up", "timestamp": event["at"], "data": event });
    assert_eq!(webhook.json(), body);
    wait_until_sent(&service);
    assert!(
        !service.log().contains("hunter2"),
        "no part of the URL is logged"
    );
}

#[test]
fn two_secrets_sign_while_the_operator_rotates_them() {
    let receiver = Receiver::start();
    let secrets = format!("{OTHER_SECRET}, {SECRET}");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{secrets}\n")).unwrap();
    let url = receiver.url();
    let service = Service::start_with(&[
        ("DAEMUN_WEBHOOK_URL", &url),
        ("DAEMUN_WEBHOOK_SECRET_FILE", file.path().to_str().unwrap()),
    ]);
    service.sign_up("minji");
    let webhook = receiver.wait_for(1).remove(0);
    let signatures = [
        signature(&webhook, OTHER_SECRET),
        signature(&webhook, SECRET),
    ];
    assert_eq!(webhook.headers["webhook-signature"], signatures.join(" "));
}

#[test]
fn every_type_but_failed_logins_is_sent_unless_the_operator_chooses() {
    let receiver = Receiver::start();
    let service = sender(&receiver);
    service.sign_up("minji");
    let wrong = json!({ "identifier": "minji", "password": "not-the-password" });
    service.post("/login", &wrong).send().assert(401);
    service.log_in("minji");
    receiver.wait_for_type("login.succeeded");
    wait_until_sent(&service);
    let types: Vec<_> = receiver
        .accepted()
        .iter()
        .map(Webhook::event_type)
        .collect();
    assert_eq!(types.len(), 2, "{types:?}");
}

#[test]
fn the_operator_chooses_types_and_areas() {
    let receiver = Receiver::start();
    let events = ("DAEMUN_WEBHOOK_EVENTS", "login.failed, user.*");
    let service = sender_with(&receiver, &[events]);
    let account = service.sign_up("minji");
    service.log_in("minji");
    let wrong = json!({ "identifier": "minji", "password": "not-the-password" });
    for _repeated in 0..3 {
        service.post("/login", &wrong).send().assert(401);
    }
    service.confirm(&account.token);
    let delete = service.call("DELETE", "/me").bearer(&account.token);
    delete.send().assert(204);
    receiver.wait_for_type("user.deleted");
    wait_until_sent(&service);
    let mut types: Vec<_> = receiver
        .accepted()
        .iter()
        .map(Webhook::event_type)
        .collect();
    types.sort();
    assert_eq!(types, ["login.failed", "user.deleted", "user.signed_up"]);
}

#[test]
fn a_command_of_the_operator_is_sent_by_the_running_service() {
    let receiver = Receiver::start();
    let service = sender(&receiver);
    service.sign_up("minji");
    let disabled = service
        .command()
        .args(["user", "disable", "minji"])
        .output();
    assert!(disabled.unwrap().status.success());
    let webhook = receiver.wait_for_type("user.disabled");
    assert_eq!(webhook.json()["data"]["actor"], "operator");
}

#[test]
fn a_deleted_account_leaves_no_personal_data_in_waiting_webhooks() {
    let receiver = Receiver::start();
    receiver.behave(super::Manner::Respond(500, ""));
    let service = sender(&receiver);
    let account = service.sign_up("minji");
    receiver.wait_for_requests(1);
    let delete = service.call("DELETE", "/me").bearer(&account.token);
    delete.send().assert(204);
    receiver.behave(super::ACCEPT);
    super::make_due(&mut service.sql());
    let webhook = receiver.wait_for_type("user.signed_up");
    assert_eq!(webhook.json()["data"]["user_id"], account.id);
    for member in ["ip", "user_agent", "session_id", "detail"] {
        assert!(webhook.json()["data"][member].is_null(), "{member}");
    }
}

#[test]
fn connections_are_used_again() {
    let receiver = Receiver::start();
    let service = sender(&receiver);
    for number in 0..40 {
        service.sign_up(&format!("minji{number}"));
    }
    receiver.wait_for(40);
    wait_until_sent(&service);
    assert!(receiver.connections() <= 16, "{}", receiver.connections());
}
