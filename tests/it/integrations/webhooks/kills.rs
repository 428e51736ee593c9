//! SIGKILL under load: every acknowledged change reaches the receiver.

use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use serde_json::json;

use super::{Receiver, Webhook, sender, wait_until_sent};
use crate::support::{Call, PASSWORD, Service, wait_until};

/// Clients at a time.
const CLIENTS: usize = 4;

/// Acknowledged signups before each kill, so that the kill meets others in flight.
const SIGN_UPS: usize = 40;

/// Signs up over and over, until the service is gone. Returns the ids of the accounts.
fn load(address: SocketAddr, prefix: &str, count: &AtomicUsize) -> Vec<String> {
    let mut users = Vec::new();
    for number in 0.. {
        let name = format!("{prefix}{number}");
        let email = format!("{name}@example.com");
        let body = json!({ "username": name, "email": email, "password": PASSWORD });
        let call = Call::new(address, "POST", "/signup").json(&body);
        let Ok(reply) = call.try_send() else {
            break;
        };
        let id = &reply.assert(201).json["user"]["id"];
        users.push(id.as_str().unwrap().to_owned());
        count.fetch_add(1, Ordering::SeqCst);
    }
    users
}

/// Loads the service, and kills it under the load. Returns the acknowledged accounts.
fn load_and_kill(service: &mut Service, round: usize) -> Vec<String> {
    let (address, count) = (service.address(), AtomicUsize::new(0));
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let count = &count;
                scope.spawn(move || load(address, &format!("u{round}c{client}n"), count))
            })
            .collect();
        wait_until(|| count.load(Ordering::SeqCst) >= SIGN_UPS);
        service.kill();
        let clients = clients.into_iter();
        clients.flat_map(|client| client.join().unwrap()).collect()
    })
}

#[test]
fn every_acknowledged_signup_reaches_the_receiver_after_kills_under_load() {
    let receiver = Receiver::start();
    let mut service = sender(&receiver);
    let mut acknowledged = HashSet::new();
    for round in 0..3 {
        acknowledged.extend(load_and_kill(&mut service, round));
        service = service.kill_and_restart();
    }
    assert!(acknowledged.len() >= 3 * SIGN_UPS);
    // Leases of the killed processes end after 30 seconds.
    super::make_due(&mut service.sql());
    wait_until_sent(&service);
    let accepted = receiver.accepted();
    let user = |webhook: &Webhook| {
        webhook.json()["data"]["user_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let delivered: HashSet<_> = accepted.iter().map(user).collect();
    let missing: Vec<_> = acknowledged.difference(&delivered).collect();
    assert!(
        missing.is_empty(),
        "{} of {}",
        missing.len(),
        acknowledged.len()
    );
    let stored = "SELECT count(*) AS number FROM events WHERE type = 'user.signed_up'";
    let stored = service.sql().numbers(stored)[0];
    let ids: HashSet<_> = accepted.iter().map(Webhook::id).collect();
    assert_eq!(i64::try_from(ids.len()).unwrap(), stored);
}
