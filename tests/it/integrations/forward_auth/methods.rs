//! Every method, on the route and on the paths below it.

use serde_json::json;

use crate::support::{Call, PASSWORD, Service};

const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "x-own",
];

const PATHS: [&str; 7] = [
    "/forward-auth",
    "/forward-auth/",
    "/forward-auth/app",
    "/forward-auth/app/page?x=1",
    "/forward-auth//app//",
    "/forward-auth/a/../../me",
    "/forward-auth/%0a%2f%00/;x",
];

fn cookie(service: &Service) -> String {
    let body = json!({
        "username": "minji", "email": "minji@example.com", "password": PASSWORD, "transport": "cookie"
    });
    service.post("/signup", &body).send().assert(201).cookie()
}

/// Sends a call over the raw path and method.
fn status(call: Call, headers: &[(&str, &str)]) -> u16 {
    let call = headers
        .iter()
        .fold(call, |call, (name, value)| call.header(name, value));
    call.send().status
}

#[test]
fn every_method_is_authorized_on_the_route_and_below_it() {
    for base in ["", "/auth"] {
        let service = Service::start_with(&[("DAEMUN_BASE_PATH", base)]);
        let body = json!({ "username": "minji", "email": "a@example.com", "password": PASSWORD });
        let signed_up = service.post(&format!("{base}/signup"), &body).send();
        let token = signed_up.assert(201).token();
        for path in PATHS {
            let path = format!("{base}{path}");
            for method in METHODS {
                let reply = service.call(method, &path).bearer(&token).send();
                let reply = reply.assert(200);
                assert_eq!(reply.header("x-auth-username"), "minji", "{method} {path}");
                assert!(reply.text.is_empty());
                let reply = service.call(method, &path).send().assert(401);
                assert_eq!(reply.header("www-authenticate"), "Bearer");
            }
        }
        for path in ["/forward-authority", "/forward-auth.", "/x/forward-auth"] {
            let path = format!("{base}{path}");
            service.get(&path).bearer(&token).send().assert(404);
        }
    }
}

#[test]
fn the_own_method_counts_on_the_paths_below_only() {
    let service = Service::start();
    let cookie = cookie(&service);
    let evil = ("origin", "https://evil.example");
    let get = ("x-forwarded-method", "GET");
    let post = ("x-original-method", "POST");
    let socket = ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    // A WebSocket over HTTP/2 has no key.
    let version = ("sec-websocket-version", "13");
    for (method, path, headers, expected) in [
        ("GET", "/forward-auth/app", &[evil][..], 200),
        ("HEAD", "/forward-auth/app", &[evil], 200),
        ("OPTIONS", "/forward-auth/app", &[evil], 200),
        ("POST", "/forward-auth/app", &[evil], 403),
        ("PROPFIND", "/forward-auth/", &[evil], 403),
        ("POST", "/forward-auth/app", &[evil, get], 403),
        ("GET", "/forward-auth/app", &[evil, post], 403),
        ("GET", "/forward-auth/app", &[evil, get], 200),
        ("GET", "/forward-auth/app", &[evil, socket], 403),
        ("GET", "/forward-auth/app", &[evil, version], 403),
        ("GET", "/forward-auth/app", &[version], 200),
        ("GET", "/forward-auth", &[evil], 403),
        ("OPTIONS", "/forward-auth", &[evil], 403),
        ("POST", "/forward-auth", &[evil, get], 200),
        ("POST", "/forward-auth", &[], 200),
        ("DELETE", "/forward-auth/app", &[], 200),
    ] {
        let call = service.call(method, path).cookie(&cookie);
        assert_eq!(
            status(call, headers),
            expected,
            "{method} {path} {headers:?}"
        );
    }
    // The host of the request is that of the proxied one, unless a header names another.
    let own = ("origin", "https://app.example");
    let other = ("x-forwarded-host", "other.example");
    for (headers, expected) in [(&[own][..], 200), (&[own, other], 403)] {
        let call = service.call("POST", "/forward-auth/app").cookie(&cookie);
        let call = call.header("host", "app.example");
        assert_eq!(status(call, headers), expected, "{headers:?}");
    }
}

#[test]
fn a_body_is_accepted_and_not_read() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    for path in ["/forward-auth", "/forward-auth/app"] {
        let call = service.call("POST", path).bearer(&minji.token);
        call.body("text/plain", &vec![b'x'; 40_000])
            .send()
            .assert(200);
    }
}
