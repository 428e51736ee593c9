//! Optional fields that are `null`, and fields that depend on each other.

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use crate::support::{
    Call, PASSWORD, TestService,
    contract::{document, object},
};

const EMAIL: &str = "minji@example.com";

/// Returns a body with `null` in every optional field that it leaves out.
fn with_nulls(schema: &str, body: &Value) -> Value {
    let document = document();
    let properties = &document["components"]["schemas"][schema]["properties"];
    let mut body = body.clone();
    for (name, property) in object(properties) {
        if body.get(name).is_none() {
            let types = property["type"].as_array();
            assert!(types.unwrap().contains(&json!("null")), "{schema}.{name}");
            body[name] = Value::Null;
        }
    }
    body
}

#[test]
fn null_equals_an_absent_field() {
    let service = TestService::start_with_mail(&[]);
    let post = |path: &str, schema: &str, body: Value| -> Call {
        service.post(path, &with_nulls(schema, &body))
    };
    let account = json!({ "username": "minji", "email": EMAIL, "password": PASSWORD });
    let signed_up = post("/signup", "SignUp", account).send().assert(201);
    let token = signed_up.token();
    let credentials = json!({ "identifier": "minji", "password": PASSWORD });
    let logged_in = post("/login", "LogIn", credentials).send().assert(200);
    assert_eq!(logged_in.json["user"], signed_up.json["user"]);
    logged_in.token();

    let change = with_nulls("UserChange", &json!({}));
    let call = service.call("PATCH", "/me").json(&change).bearer(&token);
    assert_eq!(call.send().assert(200).json, signed_up.json["user"]);

    let resend = post("/email/resend", "VerificationRequest", json!({}));
    resend.bearer(&token).send().assert(202);
    let code = service.mailbox().code(Purpose::VerifyEmail, EMAIL);
    let verify = post("/email/verify", "VerifyEmail", json!({ "code": code }));
    verify.bearer(&token).send().assert(200);

    let reset = json!({ "token": service.request_password_reset(EMAIL), "new_password": "Another-Staple-8-lantern" });
    let reset = post("/password/reset", "ResetPassword", reset);
    reset.send().assert(204);
}

fn refused(service: &TestService, path: &str, body: &Value) -> Vec<String> {
    let reply = service.post(path, body).send();
    reply.assert_problem(422, "validation_failed").refused()
}

#[test]
fn null_does_not_count_as_one_of_two_alternatives() {
    let service = TestService::start_with_mail(&[]);
    for (body, expected) in [
        (
            json!({ "code": null, "token": null }),
            "code required,token required",
        ),
        (
            json!({ "email": EMAIL, "code": "1", "token": null, "password": null }),
            "password required",
        ),
        (
            json!({ "code": "1", "email": null, "password": "x" }),
            "email required",
        ),
    ] {
        let errors = refused(&service, "/email/verify", &body).join(",");
        assert_eq!(errors, expected, "{body}");
    }
    let body = json!({ "identifier": null, "password": null, "remember": null });
    assert_eq!(
        refused(&service, "/login", &body),
        ["identifier invalid_type", "password invalid_type"],
        "a required field has to have a value"
    );
}

#[test]
fn invalid_combinations_name_their_fields() {
    let service = TestService::start_with_mail(&[]);
    for (body, expected) in [
        (json!({}), "code required,token required"),
        (json!({ "password": "x" }), "code required,token required"),
        (json!({ "email": EMAIL }), "code required,password required"),
        (json!({ "email": EMAIL, "password": "x" }), "code required"),
        (json!({ "code": "1", "password": "x" }), "email required"),
        (json!({ "code": "1", "email": EMAIL }), "password required"),
        (
            json!({ "code": "1", "token": "x" }),
            "code conflicting_field,token conflicting_field",
        ),
        (
            json!({ "token": "x", "email": EMAIL, "password": "x" }),
            "email conflicting_field",
        ),
        (
            json!({ "token": "x", "email": EMAIL }),
            "email conflicting_field,password required",
        ),
        (
            json!({ "token": "x", "remember": false, "transport": "token", "device_token": "x" }),
            "remember conflicting_field,transport conflicting_field,device_token conflicting_field",
        ),
        (
            json!({ "code": "1", "transport": "cookie" }),
            "transport conflicting_field",
        ),
        (
            json!({ "email": EMAIL, "code": "1", "transport": "cookie" }),
            "password required",
        ),
        (
            json!({ "token": "x", "password": "x", "remember": true }),
            "transport required",
        ),
        (
            json!({ "token": "x", "password": "x", "device_token": "x" }),
            "transport required",
        ),
        (
            json!({ "code": "1", "email": "nowhere", "password": "x" }),
            "email invalid_email",
        ),
    ] {
        let errors = refused(&service, "/email/verify", &body).join(",");
        assert_eq!(errors, expected, "{body}");
    }
    for (body, expected) in [
        (
            json!({}),
            "code required,token required,new_password required",
        ),
        (
            json!({ "code": "1", "new_password": "short" }),
            "email required,new_password too_short",
        ),
        (
            json!({ "code": "1", "token": "x", "new_password": "short" }),
            "code conflicting_field,token conflicting_field,new_password too_short",
        ),
        (
            json!({ "token": "x", "new_password": "short", "remember": false }),
            "new_password too_short,transport required",
        ),
        (
            json!({ "token": "x", "new_password": PASSWORD, "device_token": "x" }),
            "transport required",
        ),
    ] {
        let errors = refused(&service, "/password/reset", &body).join(",");
        assert_eq!(errors, expected, "{body}");
    }
    for path in ["/email/resend", "/password/forgot"] {
        let errors = refused(&service, path, &json!({ "email": "nowhere" }));
        assert_eq!(errors, ["email invalid_email"], "{path}");
    }
    let errors = refused(&service, "/password/forgot", &json!({}));
    assert_eq!(errors, ["email required"]);
}

#[test]
fn an_invalid_field_causes_no_other_error() {
    let service = TestService::start_with_mail(&[]);
    for (body, expected) in [
        (json!({ "code": "1", "token": 7 }), "token invalid_type"),
        (json!({ "code": true, "token": "x" }), "code invalid_type"),
        (
            json!({ "token": "x", "email": 7, "password": "x" }),
            "email invalid_type",
        ),
        (
            json!({ "code": 7, "password": "x" }),
            "email required,code invalid_type",
        ),
        (
            json!({ "code": "1", "email": EMAIL, "password": 7 }),
            "password invalid_type",
        ),
        (
            json!({ "code": "1", "token": 7, "other": 1 }),
            "token invalid_type,other unknown_field",
        ),
        (
            json!({ "token": "x", "remember": 1, "transport": "header" }),
            "remember invalid_type,transport invalid_value",
        ),
        (
            json!({ "token": "x", "password": "x", "remember": true, "transport": "header" }),
            "transport invalid_value",
        ),
    ] {
        let errors = refused(&service, "/email/verify", &body).join(",");
        assert_eq!(errors, expected, "{body}");
    }
    for body in [
        json!({ "identifier": 7, "password": "x", "username": "minji" }),
        json!({ "identifier": ["minji"], "password": "x", "username": null }),
    ] {
        assert_eq!(
            refused(&service, "/login", &body),
            ["identifier invalid_type", "username unknown_field"]
        );
    }
}
