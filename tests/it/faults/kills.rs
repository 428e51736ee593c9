//! SIGKILL under load: every acknowledged change has its event.

use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use serde_json::json;

use crate::support::{Call, PASSWORD, Reply, Service, wait_until};

const NEW_PASSWORD: &str = "Another-Horse-8-lantern";

/// Clients at a time.
const CLIENTS: usize = 4;

/// Acknowledged changes before each kill, so that the kill meets others in flight.
const CHANGES: usize = 60;

/// The events of acknowledged changes, each as its type, account and session.
type Acknowledged = Vec<String>;

/// Signs up, logs in and changes the password over and over, until the service is gone.
fn load(address: SocketAddr, prefix: &str, count: &AtomicUsize) -> Acknowledged {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let name = format!("{prefix}{number}");
        if change(address, &name, &mut acknowledged, count).is_none() {
            break;
        }
    }
    acknowledged
}

/// Makes the three changes with one account. Returns `None` once the service is gone.
fn change(
    address: SocketAddr,
    name: &str,
    acknowledged: &mut Acknowledged,
    count: &AtomicUsize,
) -> Option<()> {
    let mut record = |event: String| {
        acknowledged.push(event);
        count.fetch_add(1, Ordering::SeqCst);
    };
    let send = |call: Call, status: u16| {
        let reply = call.try_send().ok()?;
        Some(reply.assert(status))
    };
    let text = |reply: &Reply, pointer: &str| {
        reply
            .json
            .pointer(pointer)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    };
    let body =
        json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD });
    let signed_up = send(Call::new(address, "POST", "/signup").json(&body), 201)?;
    let (user, session) = (
        text(&signed_up, "/user/id"),
        text(&signed_up, "/session/id"),
    );
    record(format!("user.signed_up {user} {session}"));
    let body = json!({ "identifier": name, "password": PASSWORD });
    let logged_in = send(Call::new(address, "POST", "/login").json(&body), 200)?;
    record(format!(
        "login.succeeded {user} {}",
        text(&logged_in, "/session/id")
    ));
    let body = json!({ "current_password": PASSWORD, "new_password": NEW_PASSWORD });
    let call = Call::new(address, "PUT", "/me/password").json(&body);
    send(call.bearer(&signed_up.token()), 204)?;
    record(format!("password.changed {user} {session}"));
    Some(())
}

/// Loads the service, and kills it under the load. Returns the acknowledged changes.
fn load_and_kill(service: &mut Service, round: usize) -> Acknowledged {
    let (address, count) = (service.address(), AtomicUsize::new(0));
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let count = &count;
                scope.spawn(move || load(address, &format!("u{round}c{client}n"), count))
            })
            .collect();
        wait_until(|| count.load(Ordering::SeqCst) >= CHANGES);
        service.kill();
        clients
            .into_iter()
            .flat_map(|client| client.join().unwrap())
            .collect()
    })
}

#[test]
fn every_acknowledged_change_has_its_event_after_kills_under_load() {
    let mut service = Service::start();
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        acknowledged.extend(load_and_kill(&mut service, round));
        service = service.kill_and_restart();
    }
    assert!(acknowledged.len() >= 3 * CHANGES);
    let query = "SELECT type || ' ' || user_id || ' ' || coalesce(session_id, '') AS text \
                 FROM events WHERE type <> $1 AND type <> $2 AND user_id IS NOT NULL";
    let rows: HashSet<_> = service
        .sql()
        .texts(query, "", "login.failed")
        .into_iter()
        .collect();
    let missing: Vec<_> = acknowledged
        .iter()
        .filter(|event| !rows.contains(*event))
        .collect();
    assert!(
        missing.is_empty(),
        "{} acknowledged, missing: {missing:#?}",
        acknowledged.len()
    );
}
