//! Malformed requests, ambiguous framing, and clients that disconnect.

use std::{
    io::Write,
    net::{Shutdown, TcpStream},
};

use super::{POST, connect, rest_of, statuses};
use crate::support::{PASSWORD, Service};

/// Sends these bytes and reads until the connection is closed.
fn conversation(service: &Service, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(service.address()).unwrap();
    // After an early rejection, the connection may be closed already.
    let _refused_early = stream.write_all(bytes);
    rest_of(stream).0
}

#[test]
fn malformed_requests_are_rejected_and_closed() {
    let service = Service::start();
    let long = "x".repeat(200_000);
    let many = "X-Many: y\r\n".repeat(200);
    let large = format!("X-Large: {}\r\n", "y".repeat(20_000));
    for (bytes, expected) in [
        (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
            &["400"][..],
        ),
        (b"\xff\xfe\xfd\r\n\r\n".to_vec(), &["400"]),
        (
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            &["400", "405", "404", "505"],
        ),
        (
            b"GET /me HTTP/3.0\r\nHost: x\r\n\r\n".to_vec(),
            &["400", "505"],
        ),
        (b"GET  /me HTTP/1.1\r\n\r\n".to_vec(), &["400"]),
        (b"GET /me HTTP/1.1\r\nNo colon\r\n\r\n".to_vec(), &["400"]),
        (
            b"GET /me HTTP/1.1\r\nBad name : x\r\n\r\n".to_vec(),
            &["400"],
        ),
        (b"GET /me HTTP/1.1\r\nX: a\x00b\r\n\r\n".to_vec(), &["400"]),
        (
            format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes(),
            &["400", "414", "431"],
        ),
        (
            format!("GET /me HTTP/1.1\r\nX: {long}\r\n\r\n").into_bytes(),
            &["400", "431"],
        ),
        (
            format!("GET /me HTTP/1.1\r\nHost: x\r\n{many}\r\n").into_bytes(),
            &["400", "431"],
        ),
        (
            format!("GET /me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{large}\r\n").into_bytes(),
            &["431"],
        ),
    ] {
        let responses = conversation(&service, &bytes);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        assert_eq!(statuses(&responses).len(), 1, "{shown:?}: {responses}");
        assert!(
            expected.contains(&statuses(&responses)[0]),
            "{shown:?}: {responses}"
        );
    }
    service.get("/readyz").send().assert(200);
}

#[test]
fn ambiguous_framing_is_rejected() {
    let service = Service::start();
    let smuggled = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    for headers in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 18446744073709551616\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length : 5\r\n",
    ] {
        let bytes = format!("{POST}{headers}\r\n0\r\n\r\n{smuggled}");
        let responses = conversation(&service, bytes.as_bytes());
        assert_eq!(statuses(&responses), ["400"], "{headers:?}: {responses}");
    }
    service.get("/readyz").send().assert(200);
}

#[test]
fn a_client_that_shuts_its_side_gets_its_response() {
    let service = Service::start();
    let body = format!("{{\"identifier\":\"nobody\",\"password\":\"{PASSWORD}\"}}");
    let bytes = format!("{POST}Content-Length: {}\r\n\r\n{body}", body.len());
    let stream = connect(&service, bytes.as_bytes());
    stream.shutdown(Shutdown::Write).unwrap();
    let (response, _) = rest_of(stream);
    assert_eq!(statuses(&response), ["401"], "{response}");
}

#[test]
fn a_client_that_disconnects_early_leaves_nothing() {
    let service = Service::start();
    for cut in [
        "",
        "GET",
        "GET /me HTTP/1.1\r\nHost:",
        &format!("{POST}Content-Length: 50\r\n\r\n{{\"ide"),
    ] {
        let stream = connect(&service, cut.as_bytes());
        stream.shutdown(Shutdown::Write).unwrap();
        let (response, _) = rest_of(stream);
        let is_refusal = statuses(&response)
            .iter()
            .all(|status| matches!(*status, "400" | "408"));
        assert!(is_refusal, "{cut}: {response}");
        drop(connect(&service, cut.as_bytes()));
    }
    service.get("/readyz").send().assert(200);
    assert!(!service.log().contains("panicked"));
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let me = format!(
        "GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n",
        minji.token
    );
    let body = "{\"identifier\":\"nobody\",\"password\":\"x\"}";
    let log_in = format!("{POST}Content-Length: {}\r\n\r\n{body}", body.len());
    let last = "GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let responses = conversation(&service, format!("{me}{log_in}{me}{last}").as_bytes());
    assert_eq!(
        statuses(&responses),
        ["200", "401", "200", "404"],
        "{responses}"
    );
}

#[test]
fn an_unread_body_is_never_parsed_as_a_request() {
    let service = Service::start();
    let hidden = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    for head in ["POST /nowhere", "GET /me", "POST /logout", "PUT /login"] {
        let length = hidden.len();
        let bytes = format!(
            "{head} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{hidden}"
        );
        let responses = conversation(&service, bytes.as_bytes());
        assert_eq!(statuses(&responses).len(), 1, "{head}: {responses}");
        assert!(
            !statuses(&responses).contains(&"200"),
            "{head}: {responses}"
        );
    }
}
