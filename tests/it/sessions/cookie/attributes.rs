//! The attributes of the cookie, and its creation.

use serde_json::{Value, json};

use super::log_in;
use crate::support::{PASSWORD, Reply, Service};

/// Returns the name, the value and the sorted attributes of the cookie.
fn parts(reply: &Reply) -> (String, String, Vec<String>) {
    let mut attributes: Vec<_> = reply
        .header("set-cookie")
        .split("; ")
        .map(str::to_owned)
        .collect();
    let pair = attributes.remove(0);
    let (name, value) = pair.split_once('=').unwrap();
    attributes.sort();
    (name.to_owned(), value.to_owned(), attributes)
}

#[test]
fn the_cookie_is_host_only_http_only_and_secure() {
    let service = Service::start();
    service.sign_up("minji");
    let (name, value, attributes) = parts(&log_in(&service, false));
    assert_eq!(name, "__Host-daemun");
    assert!(value.starts_with("dms_"));
    assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    let (.., attributes) = parts(&log_in(&service, true));
    assert_eq!(
        attributes,
        [
            "HttpOnly",
            "Max-Age=7776000",
            "Path=/",
            "SameSite=Lax",
            "Secure"
        ]
    );
}

#[test]
fn with_cookie_secure_off_the_cookie_has_another_name() {
    let service = Service::start_with(&[("DAEMUN_COOKIE_SECURE", "off")]);
    service.sign_up("minji");
    let reply = log_in(&service, false);
    let (name, value, attributes) = parts(&reply);
    assert_eq!(name, "daemun");
    assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Lax"]);
    let with = |pair: String| service.get("/me").header("cookie", &pair).send();
    with(format!("daemun={value}")).assert(200);
    with(format!("__Host-daemun={value}")).assert(401);
    let reply = with(String::from("daemun=dead")).assert(401);
    assert_eq!(parts(&reply).0, "daemun");
    assert!(service.log().contains("DAEMUN_COOKIE_SECURE is off"));
}

#[test]
fn an_invalid_cookie_is_cleared() {
    let service = Service::start();
    for dead in ["", "x", "dms_", &format!("dms_{}", "A".repeat(43)), "\"x\""] {
        let reply = service.get("/me").cookie(dead).send();
        let reply = reply.assert_problem(401, "not_authenticated");
        let (name, value, attributes) = parts(&reply);
        assert_eq!((name.as_str(), value.as_str()), ("__Host-daemun", ""));
        assert!(attributes.contains(&String::from("Max-Age=0")));
        for attribute in ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"] {
            assert!(attributes.contains(&attribute.to_owned()), "{attributes:?}");
        }
    }
}

#[test]
fn plain_http_is_reported_when_a_browser_would_drop_the_cookie() {
    let service = Service::start();
    service.sign_up("taken");
    let login = json!({ "identifier": "taken", "password": PASSWORD, "transport": "cookie" });
    let signup = json!({
        "username": "minji", "email": "minji@example.com", "password": PASSWORD, "transport": "cookie"
    });
    let from = |service: &Service, path: &str, body: &Value, host: &str, origin: &str| {
        let call = service.post(path, body).header("host", host);
        call.header("origin", origin).send()
    };
    for host in [
        "gate.example",
        "localhost.example",
        "notlocalhost",
        "192.168.1.2",
        "[::2]",
    ] {
        for (path, body) in [("/signup", &signup), ("/login", &login)] {
            let reply = from(&service, path, body, host, &format!("http://{host}"));
            let reply = reply.assert_problem(400, "insecure_transport");
            assert!(reply.lines("set-cookie").is_empty());
        }
    }
    let here = format!("localhost:{}", service.address().port());
    for (host, origin) in [
        ("gate.example", "https://gate.example"),
        ("localhost:5173", "http://localhost:5173"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("127.8.9.1", "http://127.8.9.1"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("app.localhost:8080", "http://app.localhost:8080"),
        ("a.b.localhost", "http://a.b.localhost"),
        (here.as_str(), service.origin().as_str()),
    ] {
        from(&service, "/login", &login, host, origin).assert(200);
    }
    let mut token = login.clone();
    token["transport"] = json!("token");
    from(
        &service,
        "/login",
        &token,
        "gate.example",
        "http://gate.example",
    )
    .assert(200);
    // The rejected signup created no account.
    let made = from(
        &service,
        "/signup",
        &signup,
        "localhost",
        "http://localhost",
    );
    made.assert(201);

    let trusting = Service::start_with(&[("DAEMUN_COOKIE_SECURE", "off")]);
    let made = from(
        &trusting,
        "/signup",
        &signup,
        "gate.example",
        "http://gate.example",
    );
    made.assert(201);
}
