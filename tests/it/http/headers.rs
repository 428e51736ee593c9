//! Headers of every response, methods and paths.

use std::collections::{BTreeMap, HashSet};

use serde_json::json;

use crate::support::{
    PASSWORD, Service,
    contract::{document, operations},
};

#[test]
fn responses_are_uncacheable_and_nosniff() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let login = json!({ "identifier": "minji", "password": PASSWORD });
    for reply in [
        service.get("/me").bearer(&minji.token).send().assert(200),
        service.get("/me").send().assert(401),
        service.get("/session").send().assert(200),
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
fn every_request_has_its_own_id() {
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
fn a_problem_holds_the_request_id_and_the_path() {
    let service = Service::start();
    let reply = service.get("/no%20where?secret=1").send();
    let reply = reply.assert_problem(404, "not_found");
    assert_eq!(reply.json["instance"], "/no%20where");
}

#[test]
fn head_responds_like_get_without_a_body() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let paths = [
        "/me",
        "/session",
        "/config",
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

/// Returns each documented path with an id in place of its parameter, and its methods. Forward
/// authentication serves every method.
fn documented_methods() -> BTreeMap<String, Vec<String>> {
    let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, method, _) in operations(document()) {
        if path.starts_with("/forward-auth") {
            continue;
        }
        let path = path.replace("{id}", "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c");
        let methods = paths.entry(path.replace("{code}", "internal")).or_default();
        methods.push(method.to_uppercase());
        if method == "get" {
            methods.push(String::from("HEAD"));
        }
    }
    paths
}

#[test]
fn a_405_lists_the_allowed_methods() {
    let service = Service::start();
    let mut paths = documented_methods();
    assert_eq!(paths["/me"], ["GET", "HEAD", "PATCH", "DELETE"]);
    for page in ["/", "/swagger-ui/", "/swagger-ui/index.html"] {
        paths.insert(page.into(), vec!["GET".into(), "HEAD".into()]);
    }
    for (path, mut allowed) in paths {
        allowed.sort_unstable();
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
        ] {
            if allowed.iter().any(|allowed| allowed == method) {
                continue;
            }
            let reply = service.call(method, &path).send();
            let reply = reply.assert_problem(405, "method_not_allowed");
            let mut reported: Vec<_> = reply.header("allow").split(", ").collect();
            reported.sort_unstable();
            assert_eq!(reported, allowed, "{method} {path}");
        }
    }
}

#[test]
fn a_path_has_one_spelling() {
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
