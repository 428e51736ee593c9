//! The service below a path of the origin: kept by the proxy (`DAEMUN_BASE_PATH`) or stripped.

use serde_json::{Value, json};

use crate::support::{Mail, Reply, Service, exchange, wait_until};

const BASE: (&str, &str) = ("DAEMUN_BASE_PATH", "/auth");
const PUBLIC_URL: (&str, &str) = ("DAEMUN_PUBLIC_URL", "https://app.example.com/auth");

/// A service at the path that its proxy strips.
fn stripped() -> Service {
    Service::start_with(&[PUBLIC_URL])
}

/// Gets a path outside the base path. The document says nothing about it.
fn outside(service: &Service, path: &str) -> Reply {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    exchange(service.address(), request.as_bytes())
}

#[track_caller]
fn assert_problem_at(reply: &Reply, status: u16, code: &str, instance: &str) {
    assert_eq!(reply.status, status, "{}", reply.text);
    assert_eq!(reply.json["code"], code);
    assert_eq!(reply.json["type"], format!("/auth/problems/{code}"));
    assert_eq!(reply.json["instance"], instance);
}

#[test]
fn every_route_is_below_the_base_path() {
    let service = Service::start_with(&[BASE]);
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": "Correct-Horse-7-battery",
        "transport": "cookie" });
    let created = service.post("/auth/signup", &body).send().assert(201);
    assert_eq!(created.header("location"), "/auth/me");
    let cookie = created.cookie();
    service.get("/auth/me").cookie(&cookie).send().assert(200);
    for path in [
        "/auth/healthz",
        "/auth/readyz",
        "/auth/captcha",
        "/auth/openapi.json",
        "/auth/swagger-ui/",
        "/auth/problems/not_found",
        "/auth/email/verify",
        "/auth/.well-known/jwks.json",
    ] {
        service.get(path).send().assert(200);
        let path = path.strip_prefix("/auth").unwrap();
        assert_problem_at(&outside(&service, path), 404, "not_found", path);
    }
    for path in ["/", "/authme", "/auths/me", "/auth//me", "/me", "/AUTH/me"] {
        assert_problem_at(&outside(&service, path), 404, "not_found", path);
    }
    let reply = service.get("/auth/login").send();
    assert_problem_at(&reply, 405, "method_not_allowed", "/auth/login");
    assert_eq!(reply.header("allow"), "POST");
    let reply = service.call("PUT", "/auth/").send();
    assert_problem_at(&reply, 405, "method_not_allowed", "/auth/");
}

#[test]
fn cookies_cover_the_whole_origin() {
    for settings in [&[BASE][..], &[PUBLIC_URL]] {
        let service = Service::start_with(settings);
        let path = if settings == [BASE] {
            "/auth/signup"
        } else {
            "/signup"
        };
        let body = json!({ "username": "minji", "email": "minji@example.com", "password": "Correct-Horse-7-battery",
            "transport": "cookie" });
        let created = service.post(path, &body).send().assert(201);
        for cookie in created.headers.get_all("set-cookie") {
            let mut attributes = cookie.to_str().unwrap().split("; ");
            assert!(
                attributes.any(|attribute| attribute == "Path=/"),
                "{cookie:?}"
            );
        }
    }
}

#[test]
fn redirects_and_the_document_have_the_external_prefix() {
    let kept = Service::start_with(&[BASE, PUBLIC_URL]);
    for path in ["/auth", "/auth/", "/auth/swagger-ui"] {
        let reply = kept.get(path).send().assert(302);
        assert_eq!(reply.header("location"), "/auth/swagger-ui/", "{path}");
    }
    let document = kept.get("/auth/openapi.json").send().assert(200).json;
    assert_document_below_auth(&document);

    let stripped = stripped();
    for path in ["/", "/swagger-ui"] {
        let reply = stripped.get(path).send().assert(302);
        assert_eq!(reply.header("location"), "/auth/swagger-ui/", "{path}");
    }
    let document = stripped.get("/openapi.json").send().assert(200).json;
    assert_document_below_auth(&document);
}

#[track_caller]
fn assert_document_below_auth(document: &Value) {
    assert_eq!(document["servers"][0]["url"], "/auth");
    let problems = &document["paths"]["/login"]["post"]["responses"]["401"]["content"];
    let examples = &problems["application/problem+json"]["examples"];
    let example = &examples["invalid_credentials"]["value"];
    assert_eq!(example["instance"], "/auth/login");
    assert_eq!(example["type"], "/auth/problems/invalid_credentials");
}

#[test]
fn a_stripped_prefix_is_in_everything_that_clients_follow() {
    let service = stripped();
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": "Correct-Horse-7-battery" });
    let created = service.post("/signup", &body).send().assert(201);
    assert_eq!(created.header("location"), "/auth/me");
    let reply = service.get("/nothing").send();
    assert_problem_at(&reply, 404, "not_found", "/auth/nothing");
    let reply = service.get("/me").send();
    assert_problem_at(&reply, 401, "not_authenticated", "/auth/me");
}

#[test]
fn mailed_links_start_with_the_public_url() {
    let service = Service::start_with(&[BASE, PUBLIC_URL, ("DAEMUN_MAIL_URL", "file://out")]);
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": "Correct-Horse-7-battery" });
    service.post("/auth/signup", &body).send().assert(201);
    let out = service.home().path().join("out");
    wait_until(|| !Mail::in_folder(&out).is_empty());
    let text = Mail::in_folder(&out).remove(0).text();
    assert!(
        text.contains("https://app.example.com/auth/email/verify#token="),
        "{text}"
    );
}

#[test]
fn healthcheck_uses_the_base_path() {
    let service = Service::start_with(&[BASE]);
    let address = service.address().to_string();
    for (base, is_ready) in [("/auth", true), ("", false), ("/other", false)] {
        let mut command = Service::command_in(
            service.home().path(),
            &[("DAEMUN_LISTEN", &address), ("DAEMUN_BASE_PATH", base)],
        );
        let done = command.arg("healthcheck").output().unwrap();
        assert_eq!(done.status.success(), is_ready, "{base}: {done:?}");
    }
}
