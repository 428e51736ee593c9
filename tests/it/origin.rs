//! The cross-site rule, and calls from other origins (CORS)

use serde_json::json;

use crate::support::{Call, PASSWORD, Reply, Service};

const APP: &str = "https://app.example.com";
const EVIL: &str = "https://evil.example";

/// A service that one other origin may call, and the cookie of an account there.
fn gate() -> (Service, String) {
    let origins = "https://app.example.com, http://localhost:5173";
    let service = Service::start_with(&[("DAEMUN_CORS_ORIGINS", origins)]);
    service.sign_up("minji");
    let body = json!({ "identifier": "minji", "password": PASSWORD, "transport": "cookie" });
    let cookie = service.post("/login", &body).send().assert(200).cookie();
    (service, cookie)
}

/// An unsafe request that changes nothing.
fn unsafe_call(service: &Service, cookie: &str) -> Call {
    let call = service.call("PATCH", "/me").json(&json!({}));
    call.cookie(cookie)
}

#[test]
fn first_a_configured_origin_passes() {
    let (service, cookie) = gate();
    for origin in [APP, "http://localhost:5173"] {
        for site in ["cross-site", "same-site", "none", "nonsense"] {
            unsafe_call(&service, &cookie)
                .header("origin", origin)
                .header("sec-fetch-site", site)
                .send()
                .assert(200);
        }
        let call = unsafe_call(&service, &cookie).header("origin", origin);
        call.send().assert(200);
    }
}

#[test]
fn then_the_browsers_word_on_the_site_decides() {
    let (service, cookie) = gate();
    for origin in [Some(EVIL), Some("null"), None] {
        for site in ["same-origin", "none"] {
            let mut call = unsafe_call(&service, &cookie).header("sec-fetch-site", site);
            if let Some(origin) = origin {
                call = call.header("origin", origin);
            }
            call.send().assert(200);
        }
    }
    let own = format!("http://{}", service.address());
    for origin in [Some(own.as_str()), None] {
        for site in ["cross-site", "same-site", "", "SAME-ORIGIN", "x"] {
            let mut call = unsafe_call(&service, &cookie).header("sec-fetch-site", site);
            if let Some(origin) = origin {
                call = call.header("origin", origin);
            }
            call.send().assert_problem(403, "origin_not_allowed");
        }
    }
}

#[test]
fn then_who_sends_no_origin_is_no_browser() {
    let (service, cookie) = gate();
    unsafe_call(&service, &cookie).send().assert(200);
}

#[test]
fn last_the_origin_has_to_be_this_host() {
    let (service, cookie) = gate();
    let from = |host: &str, origin: &str| {
        unsafe_call(&service, &cookie)
            .header("host", host)
            .header("origin", origin)
            .send()
    };
    for (host, origin) in [
        ("gate.example", "https://gate.example"),
        ("gate.example", "http://gate.example"),
        ("GATE.example", "https://gate.example"),
        ("gate.example", "https://gate.example:443"),
        ("gate.example:443", "https://gate.example"),
        ("gate.example:8443", "https://gate.example:8443"),
        ("[::1]:8080", "http://[::1]:8080"),
    ] {
        from(host, origin).assert(200);
    }
    for (host, origin) in [
        ("gate.example", EVIL),
        ("gate.example", "null"),
        ("gate.example", ""),
        ("gate.example", "gate.example"),
        ("gate.example", "https://gate.example.evil.example"),
        ("gate.example", "https://app.gate.example"),
        ("app.gate.example", "https://gate.example"),
        ("gate.example", "https://gate.example:8443"),
        ("gate.example:8443", "https://gate.example"),
        ("gate.example:80", "https://gate.example"),
        ("gate.example", "ftp://gate.example"),
        ("gate.example", "https://app.example.com.evil.example"),
        ("gate.example", "https://APP.example.com"),
        ("gate.example", "https://gate.example https://evil.example"),
    ] {
        let reply = from(host, origin);
        reply.assert_problem(403, "origin_not_allowed");
    }
    let unreadable = unsafe_call(&service, &cookie).raw_header("origin", b"https://\xff");
    unreadable.send().assert_problem(403, "origin_not_allowed");
}

#[test]
fn every_unsafe_route_is_judged() {
    let (service, cookie) = gate();
    let confirmation = json!({ "current_password": PASSWORD });
    let change =
        json!({ "current_password": PASSWORD, "new_password": "Another-Staple-8-lantern" });
    let own = service.get("/sessions").cookie(&cookie).send();
    let session = own.json["sessions"][0]["id"].as_str().unwrap().to_owned();
    for call in [
        service.call("POST", "/logout"),
        service.call("DELETE", "/sessions"),
        service.call("DELETE", &format!("/sessions/{session}")),
        service
            .call("PATCH", "/me")
            .json(&json!({ "username": "evil" })),
        service.call("DELETE", "/me").json(&confirmation),
        service.call("PUT", "/me/password").json(&change),
        service.post("/login", &json!({})),
        service.post("/signup", &json!({})),
    ] {
        let call = call.cookie(&cookie).header("origin", EVIL);
        call.send().assert_problem(403, "origin_not_allowed");
    }
    let me = service.get("/me").cookie(&cookie).send().assert(200);
    assert_eq!(me.json["username"], "minji");
    service.log_in("minji");
}

#[test]
fn what_neither_carries_nor_asks_for_the_cookie_is_not_judged() {
    let (service, cookie) = gate();
    let evil = |call: Call| {
        call.header("origin", EVIL)
            .header("sec-fetch-site", "cross-site")
            .send()
    };
    evil(service.get("/me").cookie(&cookie)).assert(200);
    evil(service.get("/sessions").cookie(&cookie)).assert(200);
    let token = service.log_in("minji");
    evil(service.call("PATCH", "/me").json(&json!({})).bearer(&token)).assert(200);
    evil(unsafe_call(&service, &cookie).bearer(&token)).assert(200);
    evil(unsafe_call(&service, &cookie).bearer("dms_dead")).assert(401);
    let login = json!({ "identifier": "minji", "password": PASSWORD });
    evil(service.post("/login", &login)).assert(200);
    let signup = json!({ "username": "new", "email": "new@example.com", "password": PASSWORD });
    evil(service.post("/signup", &signup)).assert(201);
}

#[test]
fn asking_for_the_cookie_is_judged_before_anything_is_done() {
    let (service, _cookie) = gate();
    let signup = json!({
        "username": "new", "email": "new@example.com", "password": PASSWORD, "transport": "cookie"
    });
    let login = json!({ "identifier": "minji", "password": PASSWORD, "transport": "cookie" });
    for (path, body) in [("/signup", &signup), ("/login", &login)] {
        let refused = service.post(path, body).header("origin", EVIL).send();
        let refused = refused.assert_problem(403, "origin_not_allowed");
        assert!(refused.lines("set-cookie").is_empty());
    }
    for (path, body, status) in [("/signup", &signup, 201), ("/login", &login, 200)] {
        let allowed = service.post(path, body).header("origin", APP);
        allowed.send().assert(status);
    }
}

#[test]
fn a_page_of_another_site_cannot_have_the_cookie() {
    let (service, cookie) = gate();
    let signup = json!({
        "username": "new", "email": "new@example.com", "password": PASSWORD, "transport": "cookie"
    });
    let login = json!({ "identifier": "minji", "password": PASSWORD, "transport": "cookie" });
    for (path, body) in [("/signup", &signup), ("/login", &login)] {
        let from = |origin: &str, site: &str| {
            let call = service.post(path, body).header("origin", origin);
            call.header("sec-fetch-site", site)
        };
        for origin in [APP, EVIL, "capacitor://localhost"] {
            let reply = from(origin, "cross-site").send();
            let reply = reply.assert_problem(400, "cross_site_cookie");
            assert!(reply.lines("set-cookie").is_empty());
        }
        // Beside the cookie, which only a client without `SameSite` sends, it is the same from a listed origin.
        let carries = from(APP, "cross-site").cookie(&cookie).send();
        carries.assert_problem(400, "cross_site_cookie");
        // With the token there is nothing that the browser would drop.
        let mut token = body.clone();
        token["transport"] = json!("token");
        token["transport"] = json!("token");
        token["username"] = json!("another");
        token["email"] = json!("another@example.com");
        if path == "/login" {
            token = json!({ "identifier": "minji", "password": PASSWORD, "transport": "token" });
        }
        let call = service.post(path, &token).header("origin", APP);
        let reply = call.header("sec-fetch-site", "cross-site").send();
        assert!([200, 201].contains(&reply.status), "{}", reply.text);
        let same_site = from(APP, "same-site").send();
        assert!([200, 201].contains(&same_site.status), "{}", same_site.text);
    }
}

#[test]
fn an_origin_may_have_any_scheme() {
    let app = "capacitor://localhost";
    let extension = "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb";
    let origins = format!("{app}, {extension}");
    let service = Service::start_with(&[("DAEMUN_CORS_ORIGINS", &origins)]);
    let minji = service.sign_up("minji");
    for origin in [app, extension] {
        let reply = preflight(&service, origin, "POST", "content-type").assert(200);
        assert_eq!(reply.header("access-control-allow-origin"), origin);
        let me = service.get("/me").bearer(&minji.token);
        let me = me.header("origin", origin).send().assert(200);
        assert_eq!(me.header("access-control-allow-origin"), origin);
    }
    let reply = preflight(&service, "capacitor://other", "POST", "content-type");
    reply.assert_problem(403, "origin_not_allowed");
}

#[test]
fn a_rejected_origin_is_logged_once_a_minute_with_the_setting() {
    let (mut service, cookie) = gate();
    let other = "https://other.example";
    for _again in 0..3 {
        for origin in [EVIL, other] {
            let reply = preflight(&service, origin, "POST", "content-type");
            let reply = reply.assert_problem(403, "origin_not_allowed");
            let detail = reply.json["detail"].as_str().unwrap();
            assert!(detail.contains("DAEMUN_CORS_ORIGINS"), "{detail}");
            let call = unsafe_call(&service, &cookie).header("origin", origin);
            call.send().assert_problem(403, "origin_not_allowed");
        }
    }
    // A listed origin with a method that no route has is no matter of the setting.
    preflight(&service, APP, "TRACE", "content-type").assert(403);
    let endless = format!("https://{}.example", "x".repeat(1_000));
    preflight(&service, &endless, "POST", "content-type").assert(403);
    service.stop();
    let logged = service.log();
    let warned: Vec<_> = logged
        .lines()
        .filter(|line| line.contains("origin.rejected"))
        .collect();
    assert_eq!(warned.len(), 2, "{warned:?}");
    for (line, origin) in warned.iter().zip([EVIL, other]) {
        assert!(
            line.contains(origin) && line.contains("DAEMUN_CORS_ORIGINS"),
            "{line}"
        );
        assert!(line.contains("WARN"), "{line}");
    }
}

#[test]
fn who_sends_a_bearer_token_is_not_judged_for_asking() {
    let (service, _cookie) = gate();
    let token = service.log_in("minji");
    let login = json!({ "identifier": "minji", "password": PASSWORD, "transport": "cookie" });
    let call = service.post("/login", &login).bearer(&token);
    let call = call.header("sec-fetch-site", "cross-site");
    call.header("origin", EVIL).send().assert(200);
}

fn preflight(service: &Service, origin: &str, method: &str, headers: &str) -> Reply {
    service
        .call("OPTIONS", "/login")
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", headers)
        .send()
}

fn words(list: &str) -> Vec<String> {
    let mut words: Vec<_> = list
        .split(',')
        .map(|word| word.trim().to_ascii_lowercase())
        .collect();
    words.sort();
    words
}

#[test]
fn a_preflight_of_a_configured_origin_is_answered() {
    let (service, _cookie) = gate();
    let headers = "authorization,content-type,idempotency-key,accept-language,traceparent,sentry-trace,baggage,x-anything";
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
        let reply = preflight(&service, APP, method, headers).assert(200);
        assert_eq!(reply.header("access-control-allow-origin"), APP);
        assert_eq!(reply.header("access-control-allow-credentials"), "true");
        assert_eq!(
            words(reply.header("access-control-allow-headers")),
            words(headers)
        );
        assert_eq!(
            words(reply.header("access-control-allow-methods")),
            ["delete", "get", "head", "patch", "post", "put"]
        );
        assert!(words(reply.header("vary")).contains(&String::from("origin")));
        assert_eq!(reply.text, "");
    }
}

#[test]
fn a_preflight_of_another_origin_or_method_is_refused() {
    let (service, _cookie) = gate();
    for (origin, method, headers) in [
        (EVIL, "POST", "content-type"),
        ("null", "POST", "content-type"),
        ("https://APP.example.com", "POST", "content-type"),
        ("https://app.example.com:8443", "POST", "content-type"),
        ("http://app.example.com", "POST", "content-type"),
        (APP, "TRACE", "content-type"),
    ] {
        let reply = preflight(&service, origin, method, headers);
        let reply = reply.assert_problem(403, "origin_not_allowed");
        if origin != APP {
            assert!(reply.lines("access-control-allow-origin").is_empty());
        }
    }
}

#[test]
fn a_configured_origin_may_read_answers_and_failures() {
    let (service, cookie) = gate();
    let ok = service.get("/me").cookie(&cookie).header("origin", APP);
    let refused = service.get("/me").header("origin", APP);
    let login = service.post("/login", &json!({})).header("origin", APP);
    for reply in [
        ok.send().assert(200),
        refused.send().assert(401),
        login.send().assert(422),
        service
            .get("/nowhere")
            .header("origin", APP)
            .send()
            .assert(404),
    ] {
        assert_eq!(reply.header("access-control-allow-origin"), APP);
        assert_eq!(reply.header("access-control-allow-credentials"), "true");
        assert_eq!(
            words(reply.header("access-control-expose-headers")),
            [
                "location",
                "ratelimit",
                "ratelimit-policy",
                "retry-after",
                "x-request-id"
            ]
        );
        assert!(words(&reply.lines("vary").join(",")).contains(&String::from("origin")));
    }
}

#[test]
fn another_origin_may_read_nothing() {
    let (service, cookie) = gate();
    for origin in [EVIL, "null", "*"] {
        let call = service.get("/me").cookie(&cookie).header("origin", origin);
        let reply = call.send().assert(200);
        assert!(reply.lines("access-control-allow-origin").is_empty());
    }
    let alone = Service::start();
    let reply = preflight(&alone, APP, "POST", "content-type");
    let reply = reply.assert_problem(403, "origin_not_allowed");
    assert!(reply.lines("access-control-allow-origin").is_empty());
}
