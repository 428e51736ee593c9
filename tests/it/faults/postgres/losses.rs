//! Lost connections: no request fails for one, and no acknowledged account is lost.

use std::{
    collections::HashSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use serde_json::json;

use super::{assert_away, assert_well, sign_up};
use crate::support::{Home, PASSWORD, PostgresDatabase, Service, at_once, wait_until};

#[test]
fn a_pool_of_lost_connections_fails_no_request() {
    let Some(database) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let home = Home::of(database);
    let service = Service::try_start_in(&home, &[]).unwrap();
    let minji = service.sign_up("minji");
    for round in 0..3 {
        let all_at_once = |place: usize| {
            let (service, token) = (&service, &minji.token);
            at_once((0..16).map(|lane| {
                move || assert_well(service, token, &format!("r{round}p{place}l{lane}"))
            }));
        };
        all_at_once(0);
        home.cut_connections();
        all_at_once(1);
        home.cut_connections();
        let logs_in = json!({ "identifier": "minji", "password": PASSWORD });
        service.post("/login", &logs_in).send().assert(200);
    }
}

#[test]
fn no_acknowledged_account_is_lost_when_connections_are_cut_under_load() {
    const ROUNDS: usize = 8;
    let Some(database) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let home = Home::of(database);
    let service = Service::try_start_in(&home, &[]).unwrap();
    let (made, next) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let is_over = AtomicBool::new(false);
    let refused = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _client in 0..8 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let name = format!("n{}", next.fetch_add(1, Ordering::Relaxed));
                    let reply = sign_up(&service, &name).send();
                    if reply.status == 201 {
                        made.lock().unwrap().push(name);
                    } else {
                        assert_away(reply);
                        refused.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        for round in 1..=ROUNDS {
            wait_until(|| made.lock().unwrap().len() >= round * 25);
            home.cut_connections();
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let made = made.into_inner().unwrap();
    println!(
        "acknowledged {}, refused {}",
        made.len(),
        refused.into_inner()
    );
    let kept = home.sql().texts(
        "SELECT username AS text FROM users WHERE username <> $1 AND username <> $2",
        "",
        "",
    );
    let kept: HashSet<_> = kept.into_iter().collect();
    let lost: Vec<_> = made.iter().filter(|name| !kept.contains(*name)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    service.get("/readyz").send().assert(200);
}
