//! The encoding, the media type and the length of bodies.

use serde_json::json;

use super::log_in;
use crate::support::{PASSWORD, Reply, Service, exchange};

/// The longest body in bytes.
const MAX: usize = 16 * 1024;

#[test]
fn only_plain_json_is_accepted() {
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
fn a_body_without_a_content_type_is_rejected() {
    let service = Service::start();
    let request =
        b"POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
    exchange(service.address(), request).assert_problem(415, "unsupported_media_type");
    let request = b"POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    exchange(service.address(), request).assert_problem(415, "unsupported_media_type");
}

#[test]
fn compressed_bodies_are_rejected() {
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
fn a_body_has_at_most_sixteen_kibibytes() {
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
fn a_chunked_body_has_the_same_limit() {
    let service = Service::start();
    chunked(&service, &padded(100)).assert_problem(401, "invalid_credentials");
    chunked(&service, &padded(MAX)).assert_problem(401, "invalid_credentials");
    chunked(&service, &padded(MAX + 1)).assert_problem(413, "payload_too_large");
}

#[test]
fn a_body_of_ambiguous_length_is_rejected() {
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
