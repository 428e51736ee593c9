//! The metadata of the token issuer, and the page where users change their password.

use serde_json::{Value, json};

use crate::support::{Reply, Service, exchange};

const BASE: (&str, &str) = ("DAEMUN_BASE_PATH", "/auth");
const PUBLIC_URL: (&str, &str) = ("DAEMUN_PUBLIC_URL", "https://app.example.com/auth");
const PASSWORD_PAGE: (&str, &str) = (
    "DAEMUN_CHANGE_PASSWORD_URL",
    "https://app.example.com/#/password",
);
const METADATA: [&str; 2] = [
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
];

/// Sends a request to a path outside the base path. The document says nothing about it.
fn at_root(service: &Service, method: &str, path: &str) -> Reply {
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    exchange(service.address(), request.as_bytes())
}

fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "introspection_endpoint": format!("{issuer}/introspect"),
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "Bearer"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    })
}

#[test]
fn the_metadata_of_the_issuer_is_at_both_paths() {
    let issuer = "https://app.example.com:8443";
    let service = Service::start_with(&[("DAEMUN_PUBLIC_URL", issuer)]);
    for path in METADATA {
        let reply = service.get(path).send().assert(200);
        assert_eq!(reply.json, metadata(issuer));
        assert_eq!(reply.header("cache-control"), "public, max-age=300");
        assert_eq!(reply.header("content-type"), "application/json");
        let head = service.call("HEAD", path).send().assert(200);
        assert_eq!(head.text, "");
    }
    let below = at_root(&service, "GET", &format!("{}/", METADATA[0]));
    assert_eq!(below.status, 404, "this issuer has no path");
}

#[test]
fn the_path_of_an_issuer_follows_the_well_known_path_outside_the_base_path() {
    let kept = Service::start_with(&[BASE, PUBLIC_URL]);
    let stripped = Service::start_with(&[PUBLIC_URL]);
    for (service, prefix) in [(&kept, "/auth"), (&stripped, "")] {
        for path in METADATA {
            let reply = service.get(&format!("{prefix}{path}")).send().assert(200);
            assert_eq!(reply.json, metadata(PUBLIC_URL.1));
        }
        let path = format!("{}/auth", METADATA[0]);
        let reply = at_root(service, "GET", &path);
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(reply.json, metadata(PUBLIC_URL.1));
        assert_eq!(at_root(service, "HEAD", &path).status, 200);
        let wrong = at_root(service, "POST", &path);
        assert_eq!((wrong.status, wrong.header("allow")), (405, "GET, HEAD"));
        assert_eq!(at_root(service, "GET", &format!("{path}/x")).status, 404);
    }
    assert_eq!(at_root(&kept, "GET", METADATA[0]).status, 404);
}

#[test]
fn without_a_public_url_there_is_no_metadata_and_one_log_line() {
    let mut service = Service::start_with(&[BASE]);
    for path in METADATA {
        let reply = service.get(&format!("/auth{path}")).send().assert(404);
        assert_eq!(reply.json["code"], "not_found");
        let reply = at_root(&service, "GET", &format!("{path}/auth"));
        assert_eq!(reply.status, 404);
    }
    service.stop();
    let log = service.log();
    let lines = log.lines();
    let lines = lines.filter(|line| line.contains("discovery.no_public_url"));
    assert_eq!(lines.count(), 1, "{log}");
}

#[test]
fn password_managers_are_redirected_to_the_page_of_the_app() {
    let path = "/.well-known/change-password";
    let assert_redirects = |reply: &Reply| {
        assert_eq!(reply.status, 302, "{}", reply.text);
        assert_eq!(reply.header("location"), PASSWORD_PAGE.1);
    };
    let service = Service::start_with(&[PASSWORD_PAGE]);
    assert_redirects(&service.get(path).send());
    assert_redirects(&service.call("HEAD", path).send());
    let below = Service::start_with(&[BASE, PASSWORD_PAGE]);
    assert_redirects(&below.get(&format!("/auth{path}")).send());
    assert_redirects(&at_root(&below, "GET", path));
    let wrong = at_root(&below, "POST", path);
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET, HEAD"));

    let without = Service::start();
    without.get(path).send().assert_problem(404, "not_found");
    // A password manager tries this path first, to find out whether a 404 is a 404 here.
    let absent = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
    assert_eq!(at_root(&service, "GET", absent).status, 404);
}
