//! The labels of the metrics: a fixed set, which no client can extend, without personal data.

use serde_json::json;

use super::scrape::{ADMIN, Scrape};
use crate::support::{PASSWORD, Service};

/// The most bytes of one scrape.
const MOST: usize = 256 * 1024;

const METHODS: [&str; 9] = [
    "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE", "CANARY",
];

/// Sends requests whose paths, methods and bodies hold this text.
fn attack(service: &Service, text: &str) {
    for method in METHODS {
        for path in [
            format!("/{text}"),
            format!("/sessions/{text}"),
            format!("/problems/{text}"),
            format!("/forward-auth/{text}/a/b?{text}"),
            format!("/swagger-ui/{text}"),
            format!("/me?{text}={text}"),
            String::from("/login"),
        ] {
            let call = service.call(method, &path).undocumented();
            let call = call
                .header("user-agent", text)
                .header("x-forwarded-for", "203.0.113.7");
            call.bearer(text).send();
        }
    }
    let body = json!({ "identifier": text, "password": PASSWORD });
    service.post("/login", &body).send().assert(401);
    let email = format!("{text}@example.com");
    let body = json!({ "username": text, "email": email, "password": PASSWORD });
    service.post("/signup", &body).send().assert(201);
}

#[test]
fn no_request_adds_a_series_twice_or_puts_its_text_into_a_label() {
    let service = Service::start_with(&[ADMIN, ("DAEMUN_TRUSTED_PROXIES", "127.0.0.1")]);
    attack(&service, "canary-one");
    let first = Scrape::of(&service);
    for number in 0..3 {
        attack(&service, &format!("canary-{number}"));
    }
    let second = Scrape::of(&service);
    assert_eq!(first.series(), second.series());
    for scrape in [&first, &second] {
        let text = scrape.0.to_lowercase();
        for unwanted in ["canary", "example.com", "203.0.113.7", "127.0.0.1", "dms_"] {
            assert!(!text.contains(unwanted), "{unwanted}: {}", scrape.0);
        }
        assert!(text.len() <= MOST, "{}", text.len());
    }
}
