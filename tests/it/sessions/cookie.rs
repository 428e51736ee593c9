//! The session as a cookie, and beside a bearer token

use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, Service};

fn log_in(service: &Service, remember: bool) -> Reply {
    let body = json!({
        "identifier": "minji", "password": PASSWORD, "transport": "cookie", "remember": remember
    });
    service.post("/login", &body).send().assert(200)
}

/// Name, value and the attributes in their alphabetical order.
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
fn it_is_for_this_host_alone_and_out_of_reach_for_scripts() {
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
fn with_the_switch_off_it_has_another_name_and_is_not_secure() {
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
fn it_opens_every_route_that_a_token_opens() {
    let service = Service::start();
    service.sign_up("minji");
    let token = log_in(&service, false).cookie();
    let with = |method: &str, path: &str| service.call(method, path).cookie(&token);
    with("GET", "/me").send().assert(200);
    with("GET", "/sessions").send().assert(200);
    with("DELETE", "/sessions").send().assert(204);
    with("PATCH", "/me").json(&json!({})).send().assert(200);
    let change = json!({ "current_password": PASSWORD, "new_password": PASSWORD });
    with("PUT", "/me/password").json(&change).send().assert(204);
    with("POST", "/logout").send().assert(204);
    let token = log_in(&service, false).cookie();
    let gone = service.call("DELETE", "/me").cookie(&token);
    let gone = gone.json(&json!({ "current_password": PASSWORD })).send();
    assert_eq!(gone.assert(204).cookie(), "");
}

#[test]
fn a_dead_one_is_cleared() {
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
fn only_bytes_that_are_its_name_name_it() {
    let service = Service::start();
    service.sign_up("minji");
    let token = log_in(&service, false).cookie();
    let with = |line: &[u8]| service.get("/me").raw_header("cookie", line).send();
    for blank in [
        "\u{2000}", "\u{a0}", "\u{85}", "\u{3000}", "\u{feff}", "\u{200b}",
    ] {
        for line in [
            format!("{blank}__Host-daemun={token}"),
            format!("__Host-daemun{blank}={token}"),
            format!("__Host-daemun={blank}{token}"),
            format!("__Host-daemun={token}{blank}"),
        ] {
            let reply = with(line.as_bytes());
            reply.assert_problem(401, "not_authenticated");
        }
        // It does not hide the host's own either.
        let planted = format!("{blank}__Host-daemun=planted; __Host-daemun={token}");
        with(planted.as_bytes()).assert(200);
    }
    for line in [
        format!("__host-daemun={token}"),
        format!("__Host-daemun-device={token}"),
        format!("\"__Host-daemun\"={token}"),
        format!("__Host-daemun=\"{token}\""),
    ] {
        with(line.as_bytes()).assert(401);
    }
    for line in [
        format!("\t __Host-daemun={token} \t"),
        format!("a=b; \t__Host-daemun\t=\t{token}"),
    ] {
        with(line.as_bytes()).assert(200);
    }
}

#[test]
fn its_name_twice_is_one_session_or_none() {
    let service = Service::start();
    service.sign_up("minji");
    let token = log_in(&service, false).cookie();
    let other = log_in(&service, false).cookie();
    let pair = |token: &str| format!("__Host-daemun={token}");
    let lines = |first: &str, second: &str| {
        let together = format!("{}; {}", pair(first), pair(second));
        let apart = service.get("/me").cookie(first).cookie(second);
        [service.get("/me").header("cookie", &together), apart]
    };
    for call in lines(&token, &token) {
        call.send().assert(200);
    }
    for (first, second) in [
        (&token, &other),
        (&token, &String::new()),
        (&String::from("x"), &token),
    ] {
        for call in lines(first, second) {
            let reply = call.send().assert_problem(401, "not_authenticated");
            // The browser's own must not go, or the planted one would be left alone.
            assert!(reply.lines("set-cookie").is_empty());
        }
    }
    // It is still the cookie that acts.
    let call = service
        .call("POST", "/logout")
        .cookie(&token)
        .cookie(&other);
    let refused = call.header("origin", "https://evil.example").send();
    refused.assert_problem(403, "origin_not_allowed");
}

#[test]
fn cookies_of_other_makers_hide_nothing() {
    let service = Service::start();
    service.sign_up("minji");
    let token = log_in(&service, false).cookie();
    for line in [
        format!("a=1; __Host-daemun={token}; b=2"),
        format!("a=1;__Host-daemun={token}"),
        format!("=; ;;nonsense; __Host-daemun={token}"),
        format!("x__Host-daemun=dead; __Host-daemun={token}"),
    ] {
        service
            .get("/me")
            .header("cookie", &line)
            .send()
            .assert(200);
    }
    let mut unreadable = b"other=\xff\xfe; __Host-daemun=".to_vec();
    unreadable.extend(token.as_bytes());
    let call = service.get("/me").raw_header("cookie", &unreadable);
    call.send().assert(200);
    let two_lines = service.get("/me").header("cookie", "a=1").cookie(&token);
    two_lines.send().assert(200);
}

#[test]
fn plain_http_is_told_where_a_browser_would_drop_it() {
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
    // Nothing came of the refused sign-up.
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
