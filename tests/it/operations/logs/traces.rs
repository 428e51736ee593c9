//! The trace id of `traceparent` in log lines and problem documents.

use serde_json::{Value, json};

use super::{PASSWORD, events};
use crate::support::Service;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn lines_of<'a>(log: &'a [Value], request_id: &str) -> Vec<&'a Value> {
    log.iter()
        .filter(|line| line["span"]["request.id"] == request_id)
        .collect()
}

#[test]
fn every_line_and_the_problem_of_a_request_have_its_trace_id() {
    let mut service = Service::start_with(&[("DAEMUN_LOG", "debug")]);
    let body = json!({ "identifier": "minji", "password": PASSWORD });
    let call = service.post("/login", &body);
    let failed = call.header("traceparent", TRACEPARENT).send();
    let problem = failed.assert_problem(401, "invalid_credentials").json;
    assert_eq!(problem["trace_id"], TRACE);
    let call = service.get("/unknown").header("traceparent", TRACEPARENT);
    let unknown = call.send().assert_problem(404, "not_found").json;
    assert_eq!(unknown["trace_id"], TRACE);
    service.stop();
    let log = events(&service.log());
    for (problem, messages) in [
        (problem, ["login failed", "request"].as_slice()),
        (unknown, &["request"]),
    ] {
        let lines = lines_of(&log, problem["request_id"].as_str().unwrap());
        for message in messages {
            let found = lines.iter().any(|line| line["message"] == *message);
            assert!(found, "{message}: {lines:?}");
        }
        for line in lines {
            assert_eq!(line["span"]["trace.id"], TRACE, "{line}");
        }
    }
}

#[test]
fn an_invalid_or_absent_traceparent_leaves_no_trace_id() {
    let mut service = Service::start_with(&[]);
    let invalid = [
        "",
        "forged",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
    ];
    for value in invalid {
        let call = service.get("/me").header("traceparent", value);
        let reply = call.send().assert_problem(401, "not_authenticated");
        assert_eq!(reply.json.get("trace_id"), None, "{value}");
    }
    let call = service.get("/me").header("traceparent", TRACEPARENT);
    let twice = call.header("traceparent", TRACEPARENT).send();
    assert_eq!(twice.assert(401).json.get("trace_id"), None);
    assert_eq!(service.get("/me").send().json.get("trace_id"), None);
    service.stop();
    assert!(!service.log().contains("trace.id"), "{}", service.log());
}

#[test]
fn the_trace_id_of_a_success_is_in_the_log_alone() {
    let mut service = Service::start_with(&[]);
    let call = service.get("/session").header(
        "traceparent",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-later",
    );
    let reply = call.send().assert(200);
    assert!(!reply.text.contains(TRACE));
    assert!(reply.lines("traceparent").is_empty());
    service.stop();
    let log = events(&service.log());
    let request = log.iter().find(|line| line["message"] == "request");
    assert_eq!(request.unwrap()["span"]["trace.id"], TRACE);
}
