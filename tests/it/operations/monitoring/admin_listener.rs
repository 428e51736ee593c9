//! The admin listener: its paths, its addresses, and its separation from the public listener.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
};

use daemun::http::ADMIN_PATHS;
use serde_json::json;
use ureq::http::HeaderName;

use super::scrape::ADMIN;
use crate::support::{Home, Service, contract, wait_until};

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Returns the one line with which the start is refused.
#[track_caller]
fn refused(settings: &[(&str, &str)], code: i32) -> String {
    let home = Home::new();
    let mut command = Service::command_at(&home, settings);
    let refused = command.arg("serve").output().unwrap();
    assert_eq!(refused.status.code(), Some(code), "{refused:?}");
    let reported = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(reported.lines().count(), 1, "{reported}");
    reported.strip_prefix("daemun: ").unwrap().to_owned()
}

#[test]
fn every_path_responds_on_the_admin_listener() {
    let service = Service::start_with(&[ADMIN]);
    for path in ADMIN_PATHS {
        for method in ["GET", "HEAD"] {
            let reply = service.admin(method, path).send().assert(200);
            assert_eq!(reply.header("cache-control"), "no-store", "{path}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        }
        for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let reply = service.admin(method, path).send();
            let reply = reply.assert_problem(405, "method_not_allowed");
            assert_eq!(reply.header("allow"), "GET, HEAD", "{method} {path}");
        }
    }
    let health = service.admin("GET", "/healthz").send().assert(200);
    assert_eq!(health.json, json!({ "status": "ok" }));
}

#[test]
fn the_public_listener_has_no_path_of_the_admin_listener() {
    let below = [ADMIN, ("DAEMUN_BASE_PATH", "/auth")];
    for (settings, base) in [(&below[..1], ""), (&below[..], "/auth")] {
        let service = Service::start_with(settings);
        let public: Vec<_> = contract::operations(contract::document())
            .into_iter()
            .map(|(path, _, _)| path)
            .collect();
        for path in ADMIN_PATHS {
            let is_on_both = public.contains(&path);
            for (method, prefix) in METHODS
                .map(|method| [(method, ""), (method, base)])
                .concat()
            {
                let path = format!("{prefix}{path}");
                if is_on_both && prefix == base {
                    service.get(&path).send().assert(200);
                } else {
                    let reply = service.call(method, &path).undocumented().send();
                    assert_eq!(reply.status, 404, "{method} {path}: {}", reply.text);
                }
            }
        }
    }
}

#[test]
fn the_admin_listener_has_no_path_of_the_public_listener_alone() {
    let service = Service::start_with(&[ADMIN]);
    let own = contract::operations(contract::admin_document());
    for (path, method, _) in contract::operations(contract::document()) {
        if own.iter().all(|(other, _, _)| *other != path) {
            let reply = service.admin(&method.to_uppercase(), path).send();
            reply.assert_problem(404, "not_found");
        }
    }
}

#[test]
fn the_admin_listener_has_no_cookies_and_no_cors() {
    let cors = ("DAEMUN_CORS_ORIGINS", "https://app.example.com");
    let service = Service::start_with(&[ADMIN, cors]);
    let account = service.sign_up("minji");
    for path in ADMIN_PATHS {
        let call = service.admin("GET", path).cookie(&account.token);
        let reply = call.header("origin", "https://app.example.com").send();
        let reply = reply.assert(200);
        let preflight = service.admin("OPTIONS", path);
        let preflight = preflight
            .header("origin", "https://app.example.com")
            .header("access-control-request-method", "GET");
        for reply in [reply, preflight.send().assert(405)] {
            let names = reply.headers.keys().map(HeaderName::as_str);
            let unwanted: Vec<_> = names
                .filter(|name| name.starts_with("access-control-") || *name == "set-cookie")
                .collect();
            assert!(unwanted.is_empty(), "{path}: {unwanted:?}");
        }
    }
}

#[test]
fn there_is_no_admin_listener_by_default() {
    let service = Service::start();
    assert_eq!(service.admin_address(), None);
}

#[test]
fn the_admin_listener_responds_while_requests_in_flight_finish() {
    let mut service = Service::start_with(&[ADMIN]);
    let body = json!({ "username": "minji", "email": "minji@example.com", "password": "Correct-Horse-7-battery" });
    let body = body.to_string();
    let head = format!(
        "POST /signup HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let (first, rest) = body.split_at(10);
    let mut stream = TcpStream::connect(service.address()).unwrap();
    stream
        .write_all(format!("{head}{first}").as_bytes())
        .unwrap();
    // A later request over another connection of the same workers shows that the head was read.
    for _worker in 0..8 {
        service.get("/healthz").send().assert(200);
    }
    service.admin("GET", "/readyz").send().assert(200);
    service.signal("TERM");
    wait_until(|| service.admin("GET", "/readyz").send().status == 503);
    let reply = service.admin("GET", "/readyz").send();
    reply.assert_problem(503, "not_ready");
    service.admin("GET", "/healthz").send().assert(200);
    stream.write_all(rest.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 201 "), "{response}");
    assert_eq!(service.wait().code(), Some(0));
    let log = service.log();
    assert!(!log.contains("\"ERROR\""), "{log}");
    assert!(TcpStream::connect(service.admin_address().unwrap()).is_err());
}

#[test]
fn a_port_in_use_is_reported_with_its_setting() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let reported = refused(&[("DAEMUN_ADMIN_LISTEN", &address)], 1);
    let expected = format!("DAEMUN_ADMIN_LISTEN: cannot listen on {address}: ");
    assert!(reported.starts_with(&expected), "{reported}");
}

#[test]
fn an_address_that_other_networks_reach_must_be_accepted() {
    let public = ("DAEMUN_ADMIN_LISTEN", "192.0.2.1:9090");
    let reported = refused(&[public], 2);
    let expected = "DAEMUN_ADMIN_LISTEN: `192.0.2.1:9090` is reachable from a public network; set \
        DAEMUN_ADMIN_PUBLIC=on to accept that, or listen elsewhere; for example 127.0.0.1:9090";
    assert_eq!(reported.trim_end(), expected);
    // No machine has an address of TEST-NET-1 (RFC 5737).
    let reported = refused(&[public, ("DAEMUN_ADMIN_PUBLIC", "on")], 1);
    let expected = "DAEMUN_ADMIN_LISTEN: cannot listen on 192.0.2.1:9090: ";
    assert!(reported.starts_with(expected), "{reported}");
}

#[test]
fn a_listener_on_every_address_is_warned_of() {
    let everywhere = ("DAEMUN_ADMIN_LISTEN", "0.0.0.0:0");
    for accepted in [
        ("DAEMUN_ADMIN_PUBLIC", "on"),
        ("KUBERNETES_SERVICE_HOST", "10.96.0.1"),
    ] {
        let service = Service::start_with(&[everywhere, accepted]);
        let log = service.log();
        let warning = log.lines().find(|line| line.contains("admin.exposed"));
        assert!(warning.expect(&log).contains("WARN"), "{log}");
    }
    let log = Service::start_with(&[ADMIN]).log();
    assert!(!log.contains("admin.exposed"), "{log}");
}
