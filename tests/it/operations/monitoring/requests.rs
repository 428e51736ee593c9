//! The metrics of requests: their labels, their number and those in progress.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::json;

use super::scrape::{ADMIN, Scrape};
use crate::support::{Service, wait_until};

#[test]
fn responses_are_counted_by_method_route_and_status() {
    let service = Service::start_with(&[ADMIN]);
    let account = service.sign_up("minji");
    for _twice in 0..2 {
        service.get("/me").bearer(&account.token).send().assert(200);
    }
    service.get("/me").send().assert(401);
    service.call("HEAD", "/config").send().assert(200);
    service.call("PUT", "/me").send().assert(405);
    service.get("/no/such/path").send().assert(404);
    let path = format!("/sessions/{}", account.session_id);
    let call = service.call("DELETE", &path).bearer(&account.token);
    call.send().assert(204);
    service.call("PURGE", "/forward-auth/x").send().assert(401);
    let scrape = Scrape::of(&service);
    for (method, route, status, count) in [
        ("POST", "/signup", "201", 1),
        ("GET", "/me", "200", 2),
        ("GET", "/me", "401", 1),
        ("HEAD", "/config", "200", 1),
        ("_OTHER", "/me", "405", 1),
        ("_OTHER", "unmatched", "404", 1),
        ("DELETE", "/sessions/{id}", "204", 1),
        ("_OTHER", "/forward-auth/{path}", "401", 1),
    ] {
        let counted = scrape.requests(method, route, status);
        assert_eq!(counted, count, "{method} {route} {status}: {}", scrape.0);
    }
    for (route, count) in [("/me", 4), ("/signup", 1), ("unmatched", 1)] {
        let series =
            format!(r#"http_server_request_duration_seconds_count{{http_route="{route}"}}"#);
        assert_eq!(scrape.count(&series), count, "{route}");
    }
    // The requests of the admin listener are the operator's own.
    assert!(
        !scrape.0.contains(r#"http_route="/metrics""#),
        "{}",
        scrape.0
    );
}

#[test]
fn server_errors_of_each_route_are_zero_before_the_first_one() {
    let service = Service::start_with(&[ADMIN]);
    let scrape = Scrape::of(&service);
    for (method, route) in [("POST", "/signup"), ("POST", "/login"), ("GET", "/me")] {
        let series = format!(
            r#"http_server_requests_total{{http_request_method="{method}",http_route="{route}",http_response_status_code="503"}}"#
        );
        assert_eq!(scrape.find(&series), Some(0), "{}", scrape.0);
    }
    assert!(!scrape.0.contains(r#"http_response_status_code="200""#));
}

#[test]
fn a_route_has_the_same_label_below_a_base_path() {
    let service = Service::start_with(&[ADMIN, ("DAEMUN_BASE_PATH", "/auth")]);
    let body = json!({ "identifier": "minji", "password": "Wrong-Horse-7-battery" });
    service
        .post("/auth/login", &body)
        .undocumented()
        .send()
        .assert(401);
    let scrape = Scrape::of(&service);
    assert_eq!(scrape.requests("POST", "/login", "401"), 1, "{}", scrape.0);
    assert_eq!(scrape.log_ins("password", "failed"), 1, "{}", scrape.0);
}

#[test]
fn a_request_is_in_progress_until_its_response_or_its_connection_ends() {
    let active = |service: &Service| Scrape::of(service).count("http_server_active_requests");
    let service = Service::start_with(&[ADMIN]);
    assert_eq!(active(&service), 0);
    let head = "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{";
    let open = || {
        let mut stream = TcpStream::connect(service.address()).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    let (mut finished, abandoned) = (open(), open());
    wait_until(|| active(&service) == 2);
    finished.write_all(b"}").unwrap();
    let mut response = String::new();
    finished.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 422 "), "{response}");
    wait_until(|| active(&service) == 1);
    drop(abandoned);
    wait_until(|| active(&service) == 0);
}

#[test]
fn the_process_and_the_build_are_described() {
    let service = Service::start_with(&[ADMIN]);
    let scrape = Scrape::of(&service);
    let version = format!(
        r#"daemun_build_info{{version="{}"}}"#,
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(scrape.count(&version), 1, "{}", scrape.0);
    for series in [
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_max_fds",
    ] {
        assert!(scrape.value(series) > 0.0, "{series}: {}", scrape.0);
    }
    let started = scrape.value("process_start_time_seconds");
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let age = now.as_secs_f64() - started;
    assert!((0.0..300.0).contains(&age), "{age}");
}
