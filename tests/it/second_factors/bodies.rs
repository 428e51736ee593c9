//! Requests without a session, and bodies that are not those of the routes.

use std::time::Duration;

use serde_json::json;

use crate::support::TestService;

const ROUTES: [(&str, &str); 5] = [
    ("GET", "/me/second-factors"),
    ("POST", "/me/totp"),
    ("POST", "/me/totp/verify"),
    ("DELETE", "/me/totp"),
    ("POST", "/me/recovery-codes"),
];

#[test]
fn every_route_needs_a_session() {
    let service = TestService::start();
    for (method, path) in ROUTES {
        let call = service.call(method, path).json(&json!({}));
        call.send().assert_problem(401, "not_authenticated");
    }
}

#[test]
fn bodies_are_rejected_field_by_field() {
    let service = TestService::start();
    let token = service.sign_up("minji");
    for (path, body, errors) in [
        (
            "/me/totp",
            json!({ "code": "1" }),
            json!([["code", "unknown_field"]]),
        ),
        (
            "/me/recovery-codes",
            json!([]),
            json!([["body", "invalid_type"]]),
        ),
        ("/me/totp/verify", json!({}), json!([["code", "required"]])),
        (
            "/me/totp/verify",
            json!({ "code": 123_456 }),
            json!([["code", "invalid_type"]]),
        ),
        (
            "/me/totp/verify",
            json!({ "code": null, "secret": "" }),
            json!([["secret", "unknown_field"], ["code", "invalid_type"]]),
        ),
    ] {
        let reply = service.post(path, &body).bearer(&token).send();
        let reply = reply.assert_problem(422, "validation_failed");
        let listed = reply.json["errors"].as_array().unwrap().iter();
        let listed: Vec<_> = listed
            .map(|error| json!([error["field"], error["code"]]))
            .collect();
        let mut expected = errors.as_array().unwrap().clone();
        let mut listed = listed;
        let text = |error: &serde_json::Value| error.to_string();
        expected.sort_by_key(text);
        listed.sort_by_key(text);
        assert_eq!(listed, expected, "{path} {body}");
    }
}

#[test]
fn changes_need_a_confirmed_session() {
    let service = TestService::start();
    let token = service.sign_up("minji");
    service.pass(Duration::from_mins(10));
    for (method, path) in [
        ("POST", "/me/totp"),
        ("DELETE", "/me/totp"),
        ("POST", "/me/recovery-codes"),
    ] {
        let call = service.call(method, path).json(&json!({})).bearer(&token);
        let reply = call.send().assert_problem(403, "confirmation_required");
        assert_eq!(
            reply.json["methods"],
            json!(["password"]),
            "{method} {path}"
        );
    }
    service.confirm(&token);
    let call = service.post("/me/totp", &json!({})).bearer(&token);
    call.send().assert(200);
}
