//! The cross-site rule for requests with the cookie.

use serde_json::json;

use crate::support::{
    Call, PASSWORD,
    cross_site::{APP, EVIL, gate, unsafe_call},
};

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
fn then_sec_fetch_site_decides() {
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
fn then_a_request_without_an_origin_passes() {
    let (service, cookie) = gate();
    unsafe_call(&service, &cookie).send().assert(200);
}

#[test]
fn last_the_origin_must_be_this_host() {
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
fn the_rule_applies_to_every_unsafe_route() {
    let (service, cookie) = gate();
    let confirmation = json!({ "password": PASSWORD });
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
        service.call("DELETE", "/me"),
        service.post("/me/confirm", &confirmation),
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
fn the_rule_ignores_requests_without_the_cookie() {
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
fn the_rule_applies_before_a_requested_cookie_is_created() {
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
fn a_cross_site_page_cannot_get_the_cookie() {
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
        // A listed origin that already sends the cookie (a client without `SameSite`) gets the same error.
        let carries = from(APP, "cross-site").cookie(&cookie).send();
        carries.assert_problem(400, "cross_site_cookie");
        // With the token transport, there is no cookie that the browser would drop.
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
fn a_bearer_token_exempts_a_request_for_the_cookie() {
    let (service, _cookie) = gate();
    let token = service.log_in("minji");
    let login = json!({ "identifier": "minji", "password": PASSWORD, "transport": "cookie" });
    let call = service.post("/login", &login).bearer(&token);
    let call = call.header("sec-fetch-site", "cross-site");
    call.header("origin", EVIL).send().assert(200);
}
