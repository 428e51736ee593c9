//! Requests with malformed, oversized or outdated heads.

use crate::support::{Reply, Service, exchange};

/// Returns a request with one more header line, and with a host unless that is the line.
fn with_line(head: &str, name: &str, value: &[u8], body: &[u8]) -> Vec<u8> {
    let host: &[u8] = if name == "host" { b"" } else { b"Host: x\r\n" };
    let (head, name) = (head.as_bytes(), name.as_bytes());
    let end: &[u8] = b"\r\nConnection: close\r\n\r\n";
    [head, host, name, b": ", value, end, body].concat()
}

#[test]
fn bytes_that_are_not_utf_8_are_ordinary_bad_input() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let names = [
        "accept",
        "accept-language",
        "access-control-request-headers",
        "access-control-request-method",
        "content-encoding",
        "cookie",
        "forwarded",
        "host",
        "idempotency-key",
        "if-none-match",
        "origin",
        "range",
        "referer",
        "sec-fetch-site",
        "traceparent",
        "user-agent",
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-request-id",
    ];
    for name in names {
        for value in [&b"\xff"[..], b"\x80\x81 \xfe", b"a=\xf0\x28"] {
            let head = format!(
                "GET /me HTTP/1.1\r\nAuthorization: Bearer {}\r\n",
                minji.token
            );
            let reply = exchange(service.address(), &with_line(&head, name, value, b""));
            assert_eq!(reply.json["username"], "minji", "{name}: {}", reply.text);
            let head =
                "POST /signup HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n";
            let reply = exchange(service.address(), &with_line(head, name, value, b"{}"));
            assert!((400..500).contains(&reply.status), "{name}: {}", reply.text);
            assert!(reply.json["code"].is_string(), "{name}: {}", reply.text);
        }
    }
    let request = with_line("GET /me HTTP/1.1\r\n", "authorization", b"Bearer \xff", b"");
    let reply = exchange(service.address(), &request);
    reply.assert_problem(401, "not_authenticated");
    service.get("/me").bearer(&minji.token).send().assert(200);
}

/// Sends a request whose header names and values have this many bytes in total.
fn with_headers(service: &Service, total: usize) -> Reply {
    let fixed = "host".len() + 1 + "connection".len() + "close".len() + "x-pad".len();
    let request = format!(
        "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Pad: {}\r\n\r\n",
        "p".repeat(total - fixed)
    );
    exchange(service.address(), request.as_bytes())
}

#[test]
fn headers_have_at_most_sixteen_kibibytes() {
    let service = Service::start();
    for total in [16 * 1024 - 1, 16 * 1024] {
        with_headers(&service, total).assert(200);
    }
    for total in [16 * 1024 + 1, 64 * 1024, 120 * 1024] {
        with_headers(&service, total).assert_problem(431, "headers_too_large");
    }
}

#[test]
fn headers_have_at_most_ninety_six_lines() {
    let service = Service::start();
    for (lines, status) in [(96, 200), (97, 431), (1_000, 431)] {
        let more = "x: y\r\n".repeat(lines - 2);
        let request =
            format!("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}\r\n");
        exchange(service.address(), request.as_bytes()).assert(status);
    }
}

#[test]
fn malformed_requests_are_rejected_and_disturb_no_other() {
    let service = Service::start();
    for bytes in [
        &b"nonsense\r\n\r\n"[..],
        b"GET /healthz\r\n\r\n",
        b"GET /healthz HTTP/9.9\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nX-\xff: y\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nX: a\0b\r\n\r\n",
        b"G\xffT /healthz HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let reply = exchange(service.address(), bytes);
        assert_eq!(reply.status, 400, "{}", bytes.escape_ascii());
    }
    service.get("/healthz").send().assert(200);
}

#[test]
fn http_1_0_clients_are_served() {
    let service = Service::start();
    let reply = exchange(service.address(), b"GET /healthz HTTP/1.0\r\n\r\n");
    assert_eq!(reply.assert(200).json["status"], "ok");
}
