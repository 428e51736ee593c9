//! Receivers that ask for a pause, or are gone.

use std::time::{Duration, Instant};

use super::{
    ACCEPT, Manner, Receiver, SECRET, clocked_sender, make_due, pass_until_accepted, queued, sender,
};
use crate::support::{Service, wait_until};

/// The time within which the worker looks for due events twice.
const TWO_POLLS: Duration = Duration::from_secs(5);

/// Asserts that no request comes while others of the service run.
#[track_caller]
fn assert_silent(service: &Service, receiver: &Receiver) {
    let before = receiver.requests().len();
    make_due(&mut service.sql());
    let since = Instant::now();
    wait_until(|| since.elapsed() > TWO_POLLS);
    assert_eq!(receiver.requests().len(), before);
}

/// Runs `daemun webhook resume`. Returns what it says.
fn resume(service: &Service) -> String {
    let resumed = service.command().args(["webhook", "resume"]).output();
    String::from_utf8(resumed.unwrap().stdout).unwrap()
}

#[test]
fn a_gone_receiver_pauses_webhooks_until_the_command_resumes_them() {
    let receiver = Receiver::start();
    receiver.behave(Manner::Respond(410, ""));
    let service = sender(&receiver);
    service.sign_up("minji");
    wait_until(|| service.log().contains("webhook.paused"));
    receiver.behave(ACCEPT);
    service.sign_up("sora");
    assert_silent(&service, &receiver);
    let listed = service
        .command()
        .args(["webhook", "list"])
        .output()
        .unwrap();
    let notes = String::from_utf8(listed.stderr).unwrap();
    assert!(
        notes.contains("; `daemun webhook resume` ends the pause"),
        "{notes}"
    );
    let rows = String::from_utf8(listed.stdout).unwrap();
    assert!(rows.contains("\twaiting\t1\t410\t"), "{rows}");
    assert!(notes.contains(" after a response of 410"), "{notes}");
    let said = resume(&service);
    assert!(said.ends_with("410; they are sent again\n"), "{said}");
    assert_eq!(resume(&service), "webhooks were not paused\n");
    receiver.wait_for(2);
    wait_until(|| service.log().contains("webhook.resumed"));
}

#[test]
fn each_replica_notices_a_pause_and_its_end() {
    let receiver = Receiver::start();
    receiver.behave(Manner::Respond(410, ""));
    let url = receiver.url();
    let settings = [
        ("DAEMUN_WEBHOOK_URL", url.as_str()),
        ("DAEMUN_WEBHOOK_SECRET", SECRET),
        ("DAEMUN_ADMIN_LISTEN", "127.0.0.1:0"),
    ];
    let service = Service::start_with(&settings);
    let replica = Service::try_start_in(service.home(), &settings).unwrap();
    service.sign_up("minji");
    let is_open = |one: &Service| {
        let metrics = one.admin("GET", "/metrics").send().assert(200).text;
        metrics.contains("\ndaemun_webhook_circuit_breaker_open 1\n")
    };
    wait_until(|| is_open(&service) && is_open(&replica));
    receiver.behave(ACCEPT);
    resume(&service);
    receiver.wait_for(1);
    wait_until(|| !is_open(&service) && !is_open(&replica));
    for one in [&service, &replica] {
        assert!(one.log().contains("webhook.resumed"));
    }
}

#[test]
fn the_command_ends_the_pause_of_a_retry_after() {
    let receiver = Receiver::start();
    receiver.behave(Manner::Respond(
        503,
        "retry-after: 99999999999999999999\r\n",
    ));
    let service = sender(&receiver);
    service.sign_up("minji");
    wait_until(|| service.log().contains("webhook.busy"));
    service.sign_up("sora");
    receiver.behave(ACCEPT);
    let rows = || {
        let listed = service.command().args(["webhook", "list"]).output();
        String::from_utf8(listed.unwrap().stdout).unwrap()
    };
    wait_until(|| rows().contains("\twaiting\t1\t503\t"));
    let tested = service.command().args(["webhook", "test"]).output();
    let notes = String::from_utf8(tested.unwrap().stderr).unwrap();
    assert!(
        notes.contains(" after a response with Retry-After; "),
        "{notes}"
    );
    let said = resume(&service);
    assert!(
        said.contains(" after a response with Retry-After; they are sent again\n"),
        "{said}"
    );
    assert!(said.contains("due now"), "{said}");
    // The event of the test, and both that waited.
    receiver.wait_for(3);
}

#[test]
fn a_restart_resumes_webhooks() {
    let receiver = Receiver::start();
    receiver.behave(Manner::Respond(410, ""));
    let service = sender(&receiver);
    service.sign_up("minji");
    wait_until(|| service.log().contains("webhook.paused"));
    receiver.behave(ACCEPT);
    let service = service.stop_and_restart();
    receiver.wait_for(1);
    assert!(service.log().contains("webhook.resumed"));
}

#[test]
fn retry_after_pauses_every_event() {
    for status in [429, 503] {
        let receiver = Receiver::start();
        receiver.behave(Manner::Respond(status, "retry-after: 3600\r\n"));
        let service = sender(&receiver);
        service.sign_up("minji");
        wait_until(|| service.log().contains("webhook.busy"));
        receiver.behave(ACCEPT);
        service.sign_up("sora");
        assert_silent(&service, &receiver);
        assert_eq!(queued(&mut service.sql(), "waiting"), 2);
    }
}

#[test]
fn events_arrive_after_a_short_retry_after() {
    let receiver = Receiver::start();
    receiver.behave(Manner::Respond(429, "retry-after: 1\r\n"));
    let service = clocked_sender(&receiver);
    service.sign_up("minji");
    receiver.wait_for_requests(1);
    receiver.behave(ACCEPT);
    pass_until_accepted(&service, &receiver, 1);
}
