//! Bodies that no route takes

use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, Service, exchange};

/// Bytes of a body at most.
const MAX: usize = 16 * 1024;

fn log_in(service: &Service, body: &[u8]) -> Reply {
    let call = service.call("POST", "/login");
    call.body("application/json", body).send()
}

fn refused(service: &Service, path: &str, body: &str) -> Vec<String> {
    let call = service.call("POST", path);
    let reply = call.body("application/json", body.as_bytes()).send();
    let mut refused = reply.assert_problem(422, "validation_failed").refused();
    refused.sort();
    refused
}

#[test]
fn what_is_not_json_is_malformed() {
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
fn depth_has_an_end() {
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
    // The body is the first of 32.
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
fn what_is_no_object_has_the_wrong_type() {
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
fn every_field_of_a_wrong_type_is_told() {
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
fn mistakes_of_every_kind_are_told_at_once() {
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
fn a_field_that_is_there_twice_is_refused() {
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
fn an_unknown_field_is_named_but_not_at_any_length() {
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
fn no_answer_repeats_a_refused_value() {
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

#[test]
fn only_plain_json_is_taken() {
    let service = Service::start();
    let body = br#"{"identifier":"a","password":"b"}"#;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/problem+json",
        "application/jsonp",
        "application",
        "",
        "json",
        "text/plain, application/json",
    ] {
        let reply = service.call("POST", "/login").body(kind, body).send();
        reply.assert_problem(415, "unsupported_media_type");
    }
    let call = service
        .call("POST", "/login")
        .raw_header("content-type", b"application/json\xff");
    call.send().assert_problem(415, "unsupported_media_type");
    for kind in [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
    ] {
        let reply = service.call("POST", "/login").body(kind, body).send();
        reply.assert_problem(401, "invalid_credentials");
    }
}

#[test]
fn a_body_without_a_kind_is_refused() {
    let service = Service::start();
    let request =
        b"POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
    exchange(service.address(), request).assert_problem(415, "unsupported_media_type");
    let request = b"POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    exchange(service.address(), request).assert_problem(415, "unsupported_media_type");
}

#[test]
fn nothing_is_unpacked() {
    let service = Service::start();
    let with = |encodings: &[&[u8]]| {
        let body = br#"{"identifier":"a","password":"b"}"#;
        let call = service
            .call("POST", "/login")
            .body("application/json", body);
        encodings
            .iter()
            .fold(call, |call, encoding| {
                call.raw_header("content-encoding", encoding)
            })
            .send()
    };
    for encodings in [
        &[&b"gzip"[..]][..],
        &[b"br"],
        &[b"deflate"],
        &[b"zstd"],
        &[b"identity, gzip"],
        &[b"\xff"],
        &[b"identity", b"gzip"],
    ] {
        with(encodings).assert_problem(415, "unsupported_media_type");
    }
    with(&[b"identity"]).assert_problem(401, "invalid_credentials");
    with(&[b"IDENTITY"]).assert_problem(401, "invalid_credentials");
}

fn padded(length: usize) -> Vec<u8> {
    let mut body = br#"{"identifier":"a","password":"b"}"#.to_vec();
    body.resize(length, b' ');
    body
}

#[test]
fn a_body_has_sixteen_kibibytes_at_most() {
    let service = Service::start();
    for length in [MAX - 1, MAX] {
        log_in(&service, &padded(length)).assert_problem(401, "invalid_credentials");
    }
    for length in [MAX + 1, 10 * MAX] {
        log_in(&service, &padded(length)).assert_problem(413, "payload_too_large");
    }
}

fn chunked(service: &Service, body: &[u8]) -> Reply {
    let mut request = b"POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".to_vec();
    request.extend(b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    for chunk in body.chunks(1_000) {
        request.extend(format!("{:x}\r\n", chunk.len()).bytes());
        request.extend(chunk);
        request.extend(b"\r\n");
    }
    request.extend(b"0\r\n\r\n");
    exchange(service.address(), &request)
}

#[test]
fn a_body_in_chunks_has_the_same_limit() {
    let service = Service::start();
    chunked(&service, &padded(100)).assert_problem(401, "invalid_credentials");
    chunked(&service, &padded(MAX)).assert_problem(401, "invalid_credentials");
    chunked(&service, &padded(MAX + 1)).assert_problem(413, "payload_too_large");
}

#[test]
fn a_body_whose_length_is_in_doubt_is_refused() {
    let service = Service::start();
    service.sign_up("minji");
    let body = json!({ "identifier": "minji", "password": PASSWORD }).to_string();
    let length = format!("Content-Length: {}\r\n", body.len());
    let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for (framing, body) in [
        (format!("{length}Transfer-Encoding: chunked\r\n"), &chunks),
        (format!("{length}Content-Length: 0\r\n"), &body),
        (String::from("Content-Length: -1\r\n"), &body),
        (String::from("Content-Length: +5\r\n"), &body),
        (String::from("Content-Length: x\r\n"), &body),
        (String::from("Transfer-Encoding: gzip\r\n"), &body),
        (
            String::from("Transfer-Encoding: chunked, gzip\r\n"),
            &chunks,
        ),
        (
            String::from("Transfer-Encoding: chunked\r\n"),
            &String::from("zz\r\n\r\n"),
        ),
    ] {
        let request = format!(
            "POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n{framing}\r\n{body}"
        );
        exchange(service.address(), request.as_bytes()).assert(400);
    }
}
