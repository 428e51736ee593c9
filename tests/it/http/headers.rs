//! What every answer carries, methods, addresses, and headers that no honest client sends

use std::collections::HashSet;

use serde_json::json;

use crate::support::{PASSWORD, Reply, Service, exchange};

#[test]
fn every_answer_is_nobodys_to_keep_and_no_page() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let login = json!({ "identifier": "minji", "password": PASSWORD });
    for reply in [
        service.get("/me").bearer(&minji.token).send().assert(200),
        service.get("/me").send().assert(401),
        service.get("/healthz").send().assert(200),
        service.get("/readyz").send().assert(200),
        service.get("/nowhere").send().assert(404),
        service.call("DELETE", "/login").send().assert(405),
        service.post("/login", &login).send().assert(200),
        service.post("/login", &json!({})).send().assert(422),
        service
            .call("POST", "/logout")
            .bearer(&minji.token)
            .send()
            .assert(204),
    ] {
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert!(
            reply
                .header("content-security-policy")
                .contains("default-src 'none'")
        );
        assert!(reply.lines("server").is_empty());
        assert!(reply.lines("x-powered-by").is_empty());
    }
}

#[test]
fn every_request_has_an_id_of_its_own() {
    let service = Service::start();
    let ids: HashSet<String> = (0..20)
        .map(|_| {
            let call = service.get("/healthz").header("x-request-id", "forged");
            let reply = call.send().assert(200);
            let id = reply.header("x-request-id");
            assert!(id.parse::<uuid::Uuid>().is_ok(), "{id}");
            id.to_owned()
        })
        .collect();
    assert_eq!(ids.len(), 20);
}

#[test]
fn a_problem_names_the_request_and_its_path() {
    let service = Service::start();
    let reply = service.get("/no%20where?secret=1").send();
    let reply = reply.assert_problem(404, "not_found");
    assert_eq!(reply.json["instance"], "/no%20where");
}

#[test]
fn head_answers_like_get_without_a_body() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let paths = [
        "/me",
        "/sessions",
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/swagger-ui/",
        "/problems/internal",
        "/",
        "/nowhere",
    ];
    for path in paths {
        let get = service.get(path).bearer(&minji.token).send();
        let head = service.call("HEAD", path).bearer(&minji.token).send();
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.text, "", "{path}");
        for name in ["content-type", "cache-control", "location"] {
            assert_eq!(head.lines(name), get.lines(name), "{path}");
        }
        if get.status == 200 {
            assert_eq!(head.header("content-length"), get.header("content-length"));
        }
    }
    service.call("HEAD", "/me").send().assert(401);
    service.call("HEAD", "/login").send().assert(405);
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let service = Service::start();
    for (path, allowed) in [
        ("/signup", "POST"),
        ("/login", "POST"),
        ("/logout", "POST"),
        ("/me", "GET, HEAD, PATCH, DELETE"),
        ("/me/password", "PUT"),
        ("/me/email", "PUT"),
        ("/email/verify", "GET, HEAD, POST"),
        ("/email/resend", "POST"),
        ("/password/forgot", "POST"),
        ("/password/reset", "GET, HEAD, POST"),
        ("/sessions", "GET, HEAD, DELETE"),
        ("/sessions/019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c", "DELETE"),
        ("/healthz", "GET, HEAD"),
        ("/readyz", "GET, HEAD"),
        ("/openapi.json", "GET, HEAD"),
        ("/problems/internal", "GET, HEAD"),
        ("/", "GET, HEAD"),
        ("/swagger-ui/", "GET, HEAD"),
        ("/swagger-ui/index.html", "GET, HEAD"),
    ] {
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
        ] {
            if allowed.split(", ").any(|allowed| allowed == method) {
                continue;
            }
            let reply = service.call(method, path).send();
            let reply = reply.assert_problem(405, "method_not_allowed");
            let mut told: Vec<_> = reply.header("allow").split(", ").collect();
            let mut right: Vec<_> = allowed.split(", ").collect();
            told.sort_unstable();
            right.sort_unstable();
            assert_eq!(told, right, "{method} {path}");
        }
    }
}

#[test]
fn an_address_has_one_spelling() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    for path in [
        "//me",
        "/me/",
        "/me//",
        "/ME",
        "/me.json",
        "/v1/me",
        "/./me",
        "/x/../me",
        "/me;x=1",
        "/me%2f",
        "/me%00",
        "/sessions/",
        "/problems/",
        "/problems",
        "/problems/internal/x",
        "/healthz/",
        "/%ff",
        "/me/password/",
    ] {
        let reply = service.get(path).bearer(&minji.token).send();
        reply.assert_problem(404, "not_found");
    }
    let login = json!({ "identifier": "minji", "password": PASSWORD });
    for path in ["//login", "/login/", "/login//", "/LOGIN", "/login%20"] {
        let reply = service.post(path, &login).send();
        reply.assert_problem(404, "not_found");
    }
}

/// A request with one more line, and with a host unless that is the line.
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

/// A request whose header names and values have this many bytes together.
fn with_headers(service: &Service, total: usize) -> Reply {
    let fixed = "host".len() + 1 + "connection".len() + "close".len() + "x-pad".len();
    let request = format!(
        "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Pad: {}\r\n\r\n",
        "p".repeat(total - fixed)
    );
    exchange(service.address(), request.as_bytes())
}

#[test]
fn headers_have_sixteen_kibibytes_at_most() {
    let service = Service::start();
    for total in [16 * 1024 - 1, 16 * 1024] {
        with_headers(&service, total).assert(200);
    }
    for total in [16 * 1024 + 1, 64 * 1024, 120 * 1024] {
        with_headers(&service, total).assert_problem(431, "headers_too_large");
    }
}

#[test]
fn headers_have_ninety_six_lines_at_most() {
    let service = Service::start();
    for (lines, status) in [(96, 200), (97, 431), (1_000, 431)] {
        let more = "x: y\r\n".repeat(lines - 2);
        let request =
            format!("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}\r\n");
        exchange(service.address(), request.as_bytes()).assert(status);
    }
}

#[test]
fn what_is_no_request_is_refused_and_disturbs_nobody() {
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
fn old_clients_are_served() {
    let service = Service::start();
    let reply = exchange(service.address(), b"GET /healthz HTTP/1.0\r\n\r\n");
    assert_eq!(reply.assert(200).json["status"], "ok");
}
