//! Receivers that ask for a pause, or are gone.

use std::time::{Duration, Instant};

use super::{
    ACCEPT, Manner, Receiver, clocked_sender, make_due, pass_until_accepted, queued, sender,
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
    assert!(notes.contains("webhooks are paused since "), "{notes}");
    let rows = String::from_utf8(listed.stdout).unwrap();
    assert!(rows.contains("\twaiting\t1\t410\t"), "{rows}");
    for expected in ["webhooks are sent again\n", "webhooks were not paused\n"] {
        let resumed = service.command().args(["webhook", "resume"]).output();
        let said = String::from_utf8(resumed.unwrap().stdout).unwrap();
        assert_eq!(said, expected);
    }
    receiver.wait_for(2);
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
