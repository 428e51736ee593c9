//! Receivers that are slow, away, or respond with something else than 2xx.

use std::{collections::HashSet, time::Duration};

use super::{
    ACCEPT, Manner, Receiver, Webhook, clocked_sender, make_due, pass_until_accepted, queued,
    sender, wait_until_sent,
};
use crate::support::{Service, wait_until};

const HOUR: Duration = Duration::from_hours(1);

fn sign_up_all(service: &Service, count: usize) {
    for number in 0..count {
        service.sign_up(&format!("minji{number}"));
    }
}

#[test]
fn events_wait_while_the_receiver_is_down_and_arrive_afterwards() {
    let receiver = Receiver::start();
    receiver.behave(Manner::Close);
    let service = sender(&receiver);
    sign_up_all(&service, 8);
    wait_until(|| service.log().contains("webhook.unreachable"));
    receiver.behave(ACCEPT);
    make_due(&mut service.sql());
    let accepted = receiver.wait_for(8);
    wait_until_sent(&service);
    let ids: HashSet<_> = accepted.iter().map(Webhook::id).collect();
    assert_eq!(ids.len(), 8);
    assert!(service.log().contains("webhook.reachable"));
}

#[test]
fn an_event_is_retried_for_three_days_and_then_expires() {
    let receiver = Receiver::start();
    receiver.behave(Manner::Respond(500, ""));
    let service = clocked_sender(&receiver);
    service.sign_up("minji");
    let mut sql = service.sql();
    let attempts = |sql: &mut crate::support::Sql| {
        sql.numbers("SELECT attempts AS number FROM webhook_messages")[0]
    };
    // The breaker's pauses are in real time, and the backoff is by the clock.
    wait_until(|| attempts(&mut sql) >= 1);
    for _hour in 0..2 {
        let before = attempts(&mut sql);
        service.pass(24 * HOUR);
        wait_until(|| attempts(&mut sql) > before);
    }
    assert_eq!(queued(&mut sql, "waiting"), 1);
    service.pass(24 * HOUR);
    wait_until(|| queued(&mut sql, "expired") == 1);
    receiver.behave(ACCEPT);
    service.sign_up("sora");
    let accepted = receiver.wait_for(1);
    assert_eq!(accepted.len(), 1, "an expired event is not sent");
}

#[test]
fn a_receiver_that_recovers_after_two_days_gets_every_event() {
    let receiver = Receiver::start();
    receiver.behave(Manner::Respond(503, ""));
    let service = clocked_sender(&receiver);
    for number in 0..5 {
        service.sign_up(&format!("minji{number}"));
    }
    receiver.wait_for_requests(1);
    service.pass(60 * HOUR);
    receiver.behave(ACCEPT);
    pass_until_accepted(&service, &receiver, 5);
    let ids: HashSet<_> = receiver
        .accepted()
        .iter()
        .map(|one| one.id().to_owned())
        .collect();
    assert_eq!(ids.len(), 5);
}

#[test]
fn an_event_that_the_receiver_refuses_delays_no_other() {
    let receiver = Receiver::start();
    receiver.behave(Manner::RefuseType("user.signed_up"));
    let service = sender(&receiver);
    sign_up_all(&service, 4);
    for number in 0..4 {
        service.log_in(&format!("minji{number}"));
    }
    receiver.wait_for(4);
    let types: HashSet<_> = receiver
        .accepted()
        .iter()
        .map(Webhook::event_type)
        .collect();
    assert_eq!(types.len(), 1);
    let mut sql = service.sql();
    wait_until(|| queued(&mut sql, "waiting") == 4);
    let statuses = sql.numbers("SELECT last_status AS number FROM webhook_messages");
    assert_eq!(statuses, [422; 4]);
    assert!(!service.log().contains("webhook.unreachable"));
}

#[test]
fn a_redirect_is_not_followed() {
    let (receiver, other) = (Receiver::start(), Receiver::start());
    let location: &'static str = format!("location: {}\r\n", other.url()).leak();
    for status in [301, 302, 307, 308] {
        receiver.behave(Manner::Respond(status, location));
        let service = sender(&receiver);
        let before = receiver.requests().len();
        service.sign_up("minji");
        receiver.wait_for_requests(before + 1);
        wait_until(|| service.log().contains(&format!("status {status}")));
    }
    assert_eq!(other.connections(), 0);
}

#[test]
fn a_huge_response_is_cut_and_the_event_counts_as_sent() {
    let receiver = Receiver::start();
    receiver.behave(Manner::Huge(64 * 1024 * 1024));
    let service = sender(&receiver);
    service.sign_up("minji");
    receiver.wait_for(1);
    wait_until_sent(&service);
    assert_eq!(receiver.requests().len(), 1);
}

#[test]
fn a_silent_receiver_delays_no_request_and_gets_the_event_again() {
    let receiver = Receiver::start();
    receiver.behave(Manner::Stall);
    let service = sender(&receiver);
    let account = service.sign_up("minji");
    receiver.wait_for_requests(1);
    service.get("/me").bearer(&account.token).send().assert(200);
    wait_until(|| service.log().contains("no response: timeout of 5s"));
    receiver.behave(ACCEPT);
    let webhook = receiver.wait_for(1).remove(0);
    assert_eq!(webhook.id(), receiver.requests()[0].id(), "the id stays");
}

#[test]
fn two_replicas_send_each_event_once() {
    let receiver = Receiver::start();
    let first = sender(&receiver);
    let url = receiver.url();
    let settings = [
        ("DAEMUN_WEBHOOK_URL", url.as_str()),
        ("DAEMUN_WEBHOOK_SECRET", super::SECRET),
    ];
    let second = Service::try_start_in(first.home(), &settings).unwrap();
    for number in 0..60 {
        let service = if number % 2 == 0 { &first } else { &second };
        service.sign_up(&format!("minji{number}"));
    }
    receiver.wait_for(60);
    wait_until_sent(&first);
    let accepted = receiver.accepted();
    let ids: HashSet<_> = accepted.iter().map(Webhook::id).collect();
    assert_eq!((ids.len(), accepted.len()), (60, 60));
}
