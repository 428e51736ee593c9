//! The JSON of bodies, and its members.

use serde_json::{Value, json};

use super::log_in;
use crate::support::Service;

fn refused(service: &Service, path: &str, body: &str) -> Vec<String> {
    let call = service.call("POST", path);
    let reply = call.body("application/json", body.as_bytes()).send();
    let mut refused = reply.assert_problem(422, "validation_failed").refused();
    refused.sort();
    refused
}

#[test]
fn invalid_json_is_malformed_json() {
    let service = Service::start();
    for body in [
        &b""[..],
        b" ",
        b"{",
        b"{\"identifier\":\"a\",\"password\":\"b\"",
        b"{\"identifier\":\"a\",\"password\":\"b\"}}",
        b"{\"identifier\":\"a\",\"password\":\"b\",}",
        b"{'identifier':'a'}",
        b"{identifier:\"a\"}",
        b"{\"identifier\":NaN}",
        b"{\"identifier\":\"\x01\"}",
        b"{\"identifier\":\"\\x\"}",
        b"{\"identifier\":\"\\ud800\"}",
        b"{\"identifier\":1e999}",
        b"{\"identifier\":\"\xff\"}",
        b"\xef\xbb\xbf{\"identifier\":\"a\",\"password\":\"b\"}",
        b"\xfe\xff\0{\0}",
        b"identifier=a&password=b",
        b"[",
        b"[1,",
        b"nullnull",
        b"1 2",
        b"\"open",
        b"// {}",
    ] {
        let reply = log_in(&service, body).assert_problem(400, "malformed_json");
        assert!(reply.refused().is_empty());
    }
}

#[test]
fn nesting_depth_is_bounded() {
    let service = Service::start();
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!(
            "{{\"password\":{}1{}}}",
            open.repeat(2_000),
            close.repeat(2_000)
        );
        log_in(&service, deep.as_bytes()).assert_problem(400, "malformed_json");
        let unclosed = open.repeat(3_000);
        log_in(&service, unclosed.as_bytes()).assert_problem(400, "malformed_json");
    }
    // The body itself is the first of 32 levels.
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!(r#"{{"text":"\\\"[[","deep":{open}1{close},"wide":[[],[],[]]}}"#)
    };
    let names = refused(&service, "/login", &nested(31));
    assert!(names.contains(&String::from("deep unknown_field")));
    log_in(&service, nested(32).as_bytes()).assert_problem(400, "malformed_json");
    let text = json!({ "identifier": "[{".repeat(2_000), "password": "b" });
    log_in(&service, text.to_string().as_bytes()).assert_problem(401, "invalid_credentials");
}

#[test]
fn a_body_that_is_no_object_is_invalid_type() {
    let service = Service::start();
    for body in [
        "[]",
        "null",
        "true",
        "1",
        "\"text\"",
        "[{\"identifier\":\"a\"}]",
    ] {
        assert_eq!(refused(&service, "/login", body), ["body invalid_type"]);
    }
}

#[test]
fn every_field_of_a_wrong_type_is_reported() {
    let service = Service::start();
    for wrong in ["1", "null", "true", "[]", "{}", "[\"a\"]", "1.5"] {
        let body = format!("{{\"username\":{wrong},\"email\":{wrong},\"password\":{wrong}}}");
        assert_eq!(
            refused(&service, "/signup", &body),
            [
                "email invalid_type",
                "password invalid_type",
                "username invalid_type"
            ]
        );
    }
    for wrong in ["1", "\"true\"", "[]", "{}"] {
        let body = format!("{{\"identifier\":\"a\",\"password\":\"b\",\"remember\":{wrong}}}");
        assert_eq!(
            refused(&service, "/login", &body),
            ["remember invalid_type"]
        );
    }
    for (wrong, reason) in [
        ("1", "invalid_type"),
        ("{\"cookie\":null}", "invalid_type"),
        ("\"Cookie\"", "invalid_value"),
        ("\"\"", "invalid_value"),
        ("\"header\"", "invalid_value"),
    ] {
        let body = format!("{{\"identifier\":\"a\",\"password\":\"b\",\"transport\":{wrong}}}");
        let reason = format!("transport {reason}");
        assert_eq!(refused(&service, "/login", &body), [reason]);
    }
}

#[test]
fn a_number_list_or_object_in_a_text_field_names_that_field() {
    let service = Service::start();
    let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    for wrong in [
        "-1",
        "1e3",
        "[[\"a\"],null]",
        "{\"a\":{\"b\":[null]},\"a\":1}",
        "[{\"identifier\":\"a\"}]",
        &nested(31),
    ] {
        let body = format!("{{\"identifier\":{wrong},\"password\":{wrong}}}");
        assert_eq!(
            refused(&service, "/login", &body),
            ["identifier invalid_type", "password invalid_type"]
        );
    }
    let body = format!("{{\"identifier\":{},\"password\":1}}", nested(32));
    log_in(&service, body.as_bytes()).assert_problem(400, "malformed_json");
}

#[test]
fn errors_of_every_kind_are_reported_at_once() {
    let service = Service::start();
    let body = r#"{
        "username": "-", "email": 7, "remember": "yes", "transport": "post", "transport": "cookie",
        "admin": true, "role": "root", "admin": false
    }"#;
    assert_eq!(
        refused(&service, "/signup", body),
        [
            "admin unknown_field",
            "email invalid_type",
            "password required",
            "remember invalid_type",
            "role unknown_field",
            "transport invalid_value",
            "username too_short",
        ]
    );
}

#[test]
fn a_duplicate_field_is_rejected() {
    let service = Service::start();
    let body = r#"{"identifier":"a","password":"b","password":"b"}"#;
    assert_eq!(
        refused(&service, "/login", body),
        ["password duplicate_field"]
    );
    let body = r#"{"identifier":"a","password":"b","pass\u0077ord":"c"}"#;
    assert_eq!(
        refused(&service, "/login", body),
        ["password duplicate_field"]
    );
}

#[test]
fn the_name_of_an_unknown_field_is_truncated() {
    let service = Service::start();
    let name = "가".repeat(4_000);
    let body = json!({ "identifier": "a", "password": "b", name: 1 });
    let reply = service.post("/login", &body).send();
    let reply = reply.assert_problem(422, "validation_failed");
    assert_eq!(
        reply.refused(),
        [format!("{} unknown_field", "가".repeat(64))]
    );
    let many: serde_json::Map<String, Value> = (0..1_000)
        .map(|number| (format!("f{number}"), json!(1)))
        .collect();
    let reply = service.post("/login", &Value::Object(many)).send();
    let reply = reply.assert_problem(422, "validation_failed");
    assert_eq!(reply.refused().len(), 16);
}

#[test]
fn no_response_repeats_a_rejected_value() {
    let service = Service::start();
    let body = json!({
        "username": "canary-4711-name!", "email": "canary-4711-mail", "password": "canary-4711\0",
        "remember": "canary-4711", "transport": "canary-4711"
    });
    let reply = service.post("/signup", &body).send();
    let reply = reply.assert_problem(422, "validation_failed");
    assert_eq!(reply.refused().len(), 5);
    assert!(!reply.text.contains("canary"), "{}", reply.text);
}
