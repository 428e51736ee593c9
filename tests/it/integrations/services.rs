//! What the containers beside it ask: forward-auth and introspection, and the keys that they ask with

use serde_json::json;

use crate::support::{
    PASSWORD, Service,
    integrations::{done, introspect, is_active, key_command},
};

const AUTH_HEADERS: [&str; 5] = [
    "x-auth-user-id",
    "x-auth-username",
    "x-auth-email",
    "x-auth-email-verified",
    "x-auth-session-id",
];

#[test]
fn a_proxy_is_told_who_a_request_comes_from() {
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
    assert_eq!(
        reply.header("x-auth-session-id"),
        signed_up.json["session"]["id"]
    );
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(reply.text.is_empty());
}

#[test]
fn who_is_not_logged_in_is_a_401_without_any_of_the_headers() {
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
fn a_forwarded_request_with_the_cookie_is_judged_by_its_own_method_host_and_origin() {
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

#[test]
fn a_service_with_a_key_is_told_whose_token_it_was_shown() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let key = done(&service, &["create", "billing"]);
    assert!(key.starts_with("dmk_") && key.len() == 47, "{key}");
    let reply = introspect(&service, &key, &minji.token).assert(200);
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.json["active"], true);
    assert_eq!(reply.json["sub"], minji.id);
    assert_eq!(reply.json["username"], "minji");
    assert_eq!(reply.json["email"], "minji@example.com");
    assert_eq!(reply.json["email_verified"], false);
    assert_eq!(reply.json["sid"], minji.session_id);
    assert_eq!(reply.json["token_type"], "session");
    let (iat, exp) = (
        reply.json["iat"].as_i64().unwrap(),
        reply.json["exp"].as_i64().unwrap(),
    );
    assert_eq!(exp - iat, 24 * 3600);
    assert!(!service.log().contains(&key) && !service.log().contains(&minji.token));
}

#[test]
fn a_service_proves_itself_or_learns_nothing() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let key = done(&service, &["create", "billing"]);
    for wrong in [
        "",
        "dmk_",
        "dmk_short",
        &minji.token,
        &key.replace("dmk_", "dms_"),
        &format!("dmk_{}", "A".repeat(43)),
    ] {
        let reply = introspect(&service, wrong, &minji.token);
        reply.assert_problem(401, "service_key_invalid");
    }
    let form = || {
        service
            .call("POST", "/introspect")
            .body("application/x-www-form-urlencoded", b"token=x")
    };
    form().send().assert_problem(401, "service_key_invalid");
    for call in [
        form().cookie(&minji.token),
        form().header("authorization", "Basic ZG1rX3g6eA=="),
        form().bearer(&key).bearer(&key),
        form().bearer(&key).header("authorization", "Basic x"),
    ] {
        call.send().assert_problem(401, "service_key_invalid");
    }
    service
        .get("/me")
        .bearer(&key)
        .send()
        .assert_problem(401, "not_authenticated");

    assert!(is_active(&service, &key, &minji.token));
    done(&service, &["revoke", "billing"]);
    introspect(&service, &key, &minji.token).assert_problem(401, "service_key_invalid");
}

#[test]
fn what_it_asks_has_to_be_a_form_with_a_token() {
    let service = Service::start();
    let key = done(&service, &["create", "billing"]);
    let ask = |kind: &str, body: &[u8]| {
        service
            .call("POST", "/introspect")
            .body(kind, body)
            .bearer(&key)
            .send()
    };
    let form = "application/x-www-form-urlencoded";
    ask("application/json", b"{\"token\":\"x\"}").assert_problem(415, "unsupported_media_type");
    for body in [&b""[..], b"tokens=x", b"token_type_hint=x"] {
        let reply = ask(form, body).assert_problem(422, "validation_failed");
        assert_eq!(reply.refused(), ["token required"]);
    }
    ask(form, b"token=a&token=b").assert_problem(422, "validation_failed");
    ask(form, &vec![b'a'; 17 * 1024]).assert_problem(413, "payload_too_large");
    for body in [
        &b"token="[..],
        b"token=%ff%00%zz",
        b"token=\xff",
        b"token=a.b.c&token_type_hint=x&other=1",
    ] {
        let reply = ask(form, body).assert(200);
        assert_eq!(reply.json, json!({ "active": false }), "{body:?}");
    }
    ask(
        "Application/X-WWW-Form-Urlencoded; charset=utf-8",
        b"token=x",
    )
    .assert(200);
}

#[test]
fn keys_of_services_are_listed_named_once_and_revoked() {
    let service = Service::start();
    assert_eq!(done(&service, &["list"]), "");
    done(&service, &["create", "billing"]);
    done(&service, &["create", "mail-1.eu"]);
    let listed = done(&service, &["list"]);
    let names: Vec<_> = listed
        .lines()
        .map(|line| line.split_once("  ").unwrap().1)
        .collect();
    assert_eq!(names, ["billing", "mail-1.eu"]);
    assert!(!listed.contains("dmk_"));
    let refused = |arguments: &[&str]| {
        let output = key_command(&service, arguments);
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused(&["create", "billing"]).contains("revoke it first"));
    assert!(refused(&["revoke", "nobody"]).contains("no service of this name"));
    for name in ["", "Billing", "a b", &"a".repeat(65)] {
        assert!(refused(&["create", name]).contains("lower-case"), "{name}");
    }
    done(&service, &["revoke", "billing"]);
    done(&service, &["create", "billing"]);
}

#[test]
fn a_database_away_is_503_and_never_a_yes() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let key = done(&service, &["create", "billing"]);
    service.home().hide_database();
    service
        .get("/forward-auth")
        .bearer(&minji.token)
        .send()
        .assert_problem(503, "database_unavailable");
    introspect(&service, &key, &minji.token).assert_problem(503, "database_unavailable");
    service
        .call("POST", "/token")
        .bearer(&minji.token)
        .send()
        .assert_problem(503, "database_unavailable");
    service.home().show_database();
    assert!(is_active(&service, &key, &minji.token));
}
