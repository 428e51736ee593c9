//! Tests of webhooks: what the receiver gets, and what happens when it misbehaves.

mod command;
mod delivery;
mod faults;
mod kills;
mod pauses;
mod receiver;
mod settings;

use std::time::Duration;

use receiver::{ACCEPT, Manner, Receiver, Webhook};

use crate::support::{Service, Sql, TestService, wait_until};

/// The secret of the receivers.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Starts a service that sends webhooks to the receiver.
fn sender(receiver: &Receiver) -> Service {
    sender_with(receiver, &[])
}

fn sender_with(receiver: &Receiver, settings: &[(&str, &str)]) -> Service {
    let url = receiver.url();
    let webhook = [
        ("DAEMUN_WEBHOOK_URL", url.as_str()),
        ("DAEMUN_WEBHOOK_SECRET", SECRET),
    ];
    Service::start_with(&[settings, &webhook].concat())
}

/// Starts a service with a clock of its own that sends webhooks to the receiver.
fn clocked_sender(receiver: &Receiver) -> TestService {
    let url = format!("--webhook-url={}", receiver.url());
    TestService::start_with(&[&url, &format!("--webhook-secret={SECRET}")])
}

/// Moves the clock forward until this many events were accepted: an attempt in flight is due again
/// by the clock after its response.
#[track_caller]
fn pass_until_accepted(service: &TestService, receiver: &Receiver, count: usize) {
    wait_until(|| {
        service.pass(Duration::from_secs(10));
        receiver.accepted().len() >= count
    });
}

/// Returns the number of messages in this state.
fn queued(sql: &mut Sql, state: &str) -> usize {
    let query = "SELECT event_id AS text FROM webhook_messages WHERE state = $1 AND state <> $2";
    sql.texts(query, state, "").len()
}

/// Waits until no message waits any more.
#[track_caller]
fn wait_until_sent(service: &Service) {
    let mut sql = service.sql();
    wait_until(|| queued(&mut sql, "waiting") == 0);
}

/// Makes every waiting message due at once.
fn make_due(sql: &mut Sql) {
    sql.change("UPDATE webhook_messages SET due_at = 0 WHERE state = 'waiting'");
}
