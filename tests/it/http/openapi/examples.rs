//! The examples and the security requirements, compared with the service.

use serde_json::json;

use super::example;
use crate::support::{
    Service,
    contract::{document, object, operations},
};

#[test]
fn security_requirements_match_the_operations() {
    let document = document();
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(schemes["bearer"]["type"], "http");
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
    assert_eq!(schemes["cookie"]["type"], "apiKey");
    assert_eq!(schemes["cookie"]["in"], "cookie");
    assert_eq!(schemes["cookie"]["name"], "__Host-daemun");
    let service = Service::start_with(&[("DAEMUN_MAIL_URL", "file://mail")]);
    for (path, method, operation) in operations(document) {
        let call = service.call(&method.to_uppercase(), &path.replace("{id}", "x"));
        let expected = match call.json(&json!({})).send().json["code"].as_str() {
            // A body can authenticate the caller, too, or a session is optional.
            _ if ["post /email/verify", "post /email/resend", "get /session"]
                .contains(&format!("{method} {path}").as_str()) =>
            {
                json!([{}, { "bearer": [] }, { "cookie": [] }])
            }
            Some("not_authenticated") => json!([{ "bearer": [] }, { "cookie": [] }]),
            // A form can authenticate the service, too.
            Some("service_key_invalid") => {
                json!([{}, { "service_key": [] }, { "service_basic": [] }])
            }
            _ => json!([]),
        };
        assert_eq!(operation["security"], expected, "{method} {path}");
    }
}

#[test]
fn the_examples_work_unchanged() {
    let document = document();
    let service = Service::start();
    let signup = service
        .post("/signup", &example(document, "SignUp"))
        .send()
        .assert(201);
    let cookie = signup.cookie();
    let login = service
        .post("/login", &example(document, "LogIn"))
        .send()
        .assert(200);
    assert_eq!(login.json["user"], signup.json["user"]);
    let with = |method: &str, path: &str, schema: &str| {
        let call = service.call(method, path).cookie(&cookie);
        call.json(&example(document, schema)).send()
    };
    let changed = with("PATCH", "/me", "UserChange").assert(200);
    for (field, value) in object(&example(document, "UserChange")) {
        assert_eq!(changed.json[field], *value, "{field}");
    }
    with("PUT", "/me/password", "PasswordChange").assert(204);
    let confirm = || with("POST", "/me/confirm", "Confirmation");
    confirm().assert_problem(403, "current_password_wrong");
    let back = json!({
        "current_password": example(document, "PasswordChange")["new_password"],
        "new_password": example(document, "PasswordChange")["current_password"],
    });
    let call = service.call("PUT", "/me/password").cookie(&cookie);
    call.json(&back).send().assert(204);
    confirm().assert(204);
    let gone = service.call("DELETE", "/me").cookie(&cookie).send();
    gone.assert(204);
}
