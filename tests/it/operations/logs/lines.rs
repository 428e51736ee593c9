//! The lines of requests, and text that the log never contains.

use serde_json::json;

use super::{CLIENT, Watched, events, exercise};

#[test]
fn the_log_contains_no_text_of_requests_or_responses() {
    let mut watched = Watched::start();
    exercise(&mut watched);
    let log = watched.stop();
    assert!(watched.secrets.len() > 5);
    for secret in watched
        .secrets
        .iter()
        .map(String::as_str)
        .chain(["canary", "$2b$", "dms_"])
    {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}

#[test]
fn every_request_has_one_line() {
    let mut watched = Watched::start();
    exercise(&mut watched);
    let log = watched.stop();
    let events = events(&log);
    let requests: Vec<_> = events
        .iter()
        .filter(|event| event["message"] == "request")
        .collect();
    assert_eq!(requests.len(), watched.calls);
    for request in &requests {
        assert!(request["method"].is_string(), "{request}");
        assert!(request["route"].is_string(), "{request}");
        assert!(request["status"].as_u64().unwrap() >= 200, "{request}");
        assert!(request["duration_ms"].as_f64().unwrap() >= 0.0, "{request}");
        let duration = request["duration_ms"].to_string();
        let decimals = duration
            .split_once('.')
            .map_or("", |(_, decimals)| decimals);
        assert!(decimals.len() <= 3, "{request}");
        assert!(request["timestamp"].is_string(), "{request}");
        let id = request["span"]["request.id"].as_str().unwrap();
        assert!(id.parse::<uuid::Uuid>().is_ok(), "{request}");
        assert!(!request.to_string().contains(CLIENT), "{request}");
    }
    let routes: Vec<_> = requests
        .iter()
        .map(|request| request["route"].as_str().unwrap())
        .collect();
    for route in ["/signup", "/sessions/{id}", "/problems/{code}", "unmatched"] {
        assert!(routes.contains(&route), "{route}");
    }
}

#[test]
fn a_client_cannot_forge_a_log_line() {
    let mut watched = Watched::start();
    let forged = "x\r\n{\"event\":\"forged\"}\u{2028}\u{1b}[2Jforged";
    let bodies = [
        json!({ "identifier": forged, "password": forged }),
        json!({ "identifier": "a", "password": "b", forged: 1 }),
    ];
    for (body, status) in bodies.iter().zip([401, 422]) {
        watched.send(watched.service.post("/login", body), status);
    }
    let forged = json!({ "username": forged, "email": forged, "password": forged });
    watched.send(watched.service.post("/signup", &forged), 422);
    for path in [
        "/%0d%0aforged",
        "/sessions/%0aforged",
        "/problems/%0aforged",
        "/me?%0aforged",
    ] {
        let call = watched.service.get(path);
        let status = if path.starts_with("/me") {
            401
        } else if path.starts_with("/sessions") {
            405
        } else {
            404
        };
        watched.send(call, status);
    }
    let call = watched
        .service
        .get("/me")
        .raw_header("user-agent", b"forged\t\xff");
    watched.send(call.header("x-request-id", "forged"), 401);
    let log = watched.stop();
    assert!(!log.contains("forged"), "{log}");
    let requests = events(&log);
    let requests = requests
        .iter()
        .filter(|event| event["message"] == "request");
    assert_eq!(requests.count(), watched.calls);
}
