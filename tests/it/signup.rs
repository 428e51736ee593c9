//! `POST /signup`

use serde_json::json;

use crate::support::{PASSWORD, Service};

#[test]
fn a_new_account_is_recognised_by_its_token() {
    let service = Service::start();
    let minji = service.sign_up("Minji");
    let me = service.get("/me").bearer(&minji.token).send().assert(200);
    assert_eq!(me.json["username"], "Minji");
    assert_eq!(me.json["email"], "Minji@example.com");
    assert_eq!(me.json["id"], minji.id);
}

#[test]
fn both_taken_fields_are_told_at_once() {
    let service = Service::start();
    service.sign_up("minji");
    let body = json!({ "username": "MINJI", "email": "minji@EXAMPLE.com", "password": PASSWORD });
    let reply = service
        .post("/signup", &body)
        .send()
        .assert_problem(409, "username_taken");
    assert_eq!(
        reply.refused(),
        ["username username_taken", "email email_taken"]
    );
}
