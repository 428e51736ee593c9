//! Calls from other origins (CORS).

use serde_json::json;

use crate::support::{
    Reply, Service,
    cross_site::{APP, EVIL, gate, unsafe_call},
};

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
fn a_configured_origin_may_have_any_scheme() {
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
    // The setting is not at fault when a listed origin uses a method that no route has.
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
fn a_preflight_of_a_configured_origin_succeeds() {
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
fn a_preflight_of_another_origin_or_method_is_rejected() {
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
fn a_configured_origin_may_read_responses_and_errors() {
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
