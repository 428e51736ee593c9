//! Forward-auth: the check of a request that a reverse proxy asks for.

mod methods;
mod preflights;

use serde_json::json;

use crate::support::{PASSWORD, Service};

const AUTH_HEADERS: [&str; 6] = [
    "x-auth-user-id",
    "x-auth-username",
    "x-auth-email",
    "x-auth-email-verified",
    "x-auth-roles",
    "x-auth-session-id",
];

#[test]
fn forward_auth_identifies_the_user_of_a_request() {
    let service = Service::start();
    let body =
        json!({ "username": "민지.K", "email": "minji+a@example.com", "password": PASSWORD });
    let signed_up = service.post("/signup", &body).send().assert(201);
    let reply = service
        .get("/forward-auth")
        .bearer(&signed_up.token())
        .send()
        .assert(200);
    assert_eq!(reply.header("x-auth-user-id"), signed_up.json["user"]["id"]);
    assert_eq!(reply.header("x-auth-username"), "%EB%AF%BC%EC%A7%80.K");
    assert_eq!(reply.header("x-auth-email"), "minji%2Ba%40example.com");
    assert_eq!(reply.header("x-auth-email-verified"), "false");
    assert_eq!(reply.header("x-auth-roles"), "");
    assert_eq!(
        reply.header("x-auth-session-id"),
        signed_up.json["session"]["id"]
    );
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(reply.text.is_empty());
    service
        .sql()
        .run("UPDATE users SET roles = 'editor,billing:read'");
    let call = service.get("/forward-auth").bearer(&signed_up.token());
    let reply = call.send().assert(200);
    assert_eq!(reply.header("x-auth-roles"), "editor,billing:read");
}

#[test]
fn forward_auth_without_a_session_is_401_without_user_headers() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    service
        .call("POST", "/logout")
        .bearer(&minji.token)
        .send()
        .assert(204);
    for call in [
        service.get("/forward-auth"),
        service.get("/forward-auth").bearer(&minji.token),
        service.get("/forward-auth").bearer("forged"),
        service.get("/forward-auth").cookie(&minji.token),
    ] {
        let reply = call.header("x-auth-user-id", &minji.id).send();
        let reply = reply.assert_problem(401, "not_authenticated");
        for name in AUTH_HEADERS {
            assert!(!reply.headers.contains_key(name), "{name}");
        }
    }
}

#[test]
fn the_cross_site_rule_uses_the_forwarded_method_host_and_origin() {
    let service = Service::start();
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD, "transport": "cookie" });
    let cookie = service.post("/signup", &body).send().assert(201).cookie();
    let ask = |headers: &[(&str, &str)]| {
        let call = service.get("/forward-auth").cookie(&cookie);
        let call = headers
            .iter()
            .fold(call, |call, (name, value)| call.header(name, value));
        call.send().status
    };
    let evil = ("origin", "https://evil.example");
    let own = ("origin", "https://app.example");
    let host = ("x-forwarded-host", "app.example");
    let twice = ("x-forwarded-host", "app.example, app.example");
    let get = ("x-forwarded-method", "GET");
    let post = ("x-forwarded-method", "POST");
    let websocket = ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    for (headers, status) in [
        (&[][..], 200),
        (&[evil], 403),
        (&[evil, ("x-forwarded-method", "GET")], 200),
        (&[evil, ("x-original-method", "HEAD")], 200),
        (&[evil, ("x-forwarded-method", "POST")], 403),
        (
            &[
                evil,
                ("x-forwarded-method", "GET"),
                ("x-original-method", "DELETE"),
            ],
            403,
        ),
        (&[evil, ("x-forwarded-method", "get")], 403),
        (&[evil, ("x-forwarded-method", "")], 403),
        (&[own, ("x-forwarded-method", "POST")], 403),
        (&[own, host, ("x-forwarded-method", "POST")], 200),
        (&[evil, host, ("x-forwarded-method", "POST")], 403),
        (
            &[
                own,
                host,
                ("x-forwarded-method", "POST"),
                ("sec-fetch-site", "cross-site"),
            ],
            403,
        ),
        (
            &[
                ("sec-fetch-site", "same-origin"),
                ("x-forwarded-method", "POST"),
            ],
            200,
        ),
        (&[own, twice, post], 200),
        (&[own, host, host, post], 200),
        (
            &[own, ("x-forwarded-host", "app.example,, APP.example"), post],
            200,
        ),
        (
            &[own, ("x-forwarded-host", "app.example, evil.example"), post],
            403,
        ),
        (
            &[own, ("x-forwarded-host", "evil.example, app.example"), post],
            403,
        ),
        (
            &[own, host, ("x-forwarded-host", "evil.example"), post],
            403,
        ),
        (&[evil, get, websocket], 403),
        (&[own, host, get, websocket], 200),
        (&[("sec-fetch-site", "same-site"), get, websocket], 403),
    ] {
        assert_eq!(ask(headers), status, "{headers:?}");
    }
    let call = service
        .get("/forward-auth")
        .cookie(&cookie)
        .header("origin", "https://evil.example");
    call.header("x-forwarded-method", "PUT")
        .send()
        .assert_problem(403, "origin_not_allowed");
}
