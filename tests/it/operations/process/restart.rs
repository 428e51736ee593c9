//! Durability: acknowledged writes survive a stop and a kill.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use daemun::clock::Clock;
use serde_json::json;

use crate::support::{PASSWORD, Service, authenticator_app::AuthenticatorApp, wait_until};

#[test]
fn accounts_and_sessions_survive_a_stop_and_a_kill() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let ended = service.log_in("minji");
    service
        .post("/logout", &json!({}))
        .bearer(&ended)
        .send()
        .assert(204);
    let service = service.stop_and_restart().kill_and_restart();
    let me = service.get("/me").bearer(&minji.token).send().assert(200);
    assert_eq!(me.json["id"], minji.id);
    service.get("/me").bearer(&ended).send().assert(401);
    service.log_in("minji@example.com");
    let body = json!({ "username": "MINJI", "email": "else@example.com", "password": PASSWORD });
    service
        .post("/signup", &body)
        .send()
        .assert_problem(409, "username_taken");
}

#[test]
fn deletions_survive_a_restart() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let delete = service.call("DELETE", "/me").bearer(&minji.token);
    delete.send().assert(204);
    let service = service.kill_and_restart();
    service.get("/me").bearer(&minji.token).send().assert(401);
    service.sign_up("minji");
}

/// A 201 promises that the account is on the disk. Each round kills the service under many signups.
#[test]
fn no_acknowledged_account_is_lost_when_killed_under_load() {
    const ROUNDS: u32 = 3;
    const BEFORE_THE_CUT: u32 = 100;
    let mut acknowledged = Vec::new();
    let mut service = Service::start();
    for round in 0..ROUNDS {
        acknowledged.append(&mut signed_up_until_killed(
            &mut service,
            round,
            BEFORE_THE_CUT,
        ));
        service = service.kill_and_restart();
    }
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|name| {
            let body = json!({ "identifier": name, "password": PASSWORD });
            service.post("/login", &body).send().status != 200
        })
        .collect();
    println!("acknowledged {}, lost {}", acknowledged.len(), lost.len());
    assert!(acknowledged.len() >= usize::try_from(ROUNDS * BEFORE_THE_CUT).unwrap());
    assert!(lost.is_empty(), "{lost:?}");
}

/// Returns the names whose signup got a 201 before the kill.
fn signed_up_until_killed(service: &mut Service, round: u32, before_the_cut: u32) -> Vec<String> {
    let acknowledged = Mutex::new(Vec::new());
    let next = AtomicU32::new(0);
    let (address, pid) = (service.address(), service.pid());
    thread::scope(|scope| {
        for _client in 0..8 {
            scope.spawn(|| {
                loop {
                    let name = format!("r{round}n{}", next.fetch_add(1, Ordering::Relaxed));
                    let email = format!("{name}@example.com");
                    let body = json!({ "username": name, "email": email, "password": PASSWORD });
                    let call = crate::support::Call::new(address, "POST", "/signup").json(&body);
                    let Ok(reply) = call.try_send() else { break };
                    reply.assert(201);
                    acknowledged.lock().unwrap().push(name);
                }
            });
        }
        let before_the_cut = usize::try_from(before_the_cut).unwrap();
        wait_until(|| acknowledged.lock().unwrap().len() >= before_the_cut);
        assert_eq!(pid, service.pid());
        service.kill();
    });
    acknowledged.into_inner().unwrap()
}

#[test]
fn expired_rows_of_second_factors_are_deleted_after_the_start() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let start = service
        .post("/me/totp", &json!({}))
        .bearer(&minji.token)
        .send();
    let app = AuthenticatorApp::scan(&start.assert(200).json);
    let verify = json!({ "code": app.code_at(Clock::system().now()) });
    let verify = service.post("/me/totp/verify", &verify);
    verify.bearer(&minji.token).send().assert(200);
    service.sign_up("jisoo");
    let mut rows = service.sql();
    rows.run(
        "INSERT INTO totp_secrets SELECT users.id, token_hash, 1, 0, '', 1, 0
             FROM users JOIN sessions ON user_id = users.id WHERE username = 'jisoo';
         INSERT INTO second_factor_challenges SELECT token_hash, user_id, 1, 1, 5, 0, 0, 'pwd', TRUE, 'token', FALSE, token_hash FROM sessions;
         INSERT INTO ceremony_uses SELECT token_hash, 1 FROM sessions",
    );
    let _running = service.stop_and_restart();
    for (table, left) in [
        ("totp_secrets", 1),
        ("second_factor_challenges", 0),
        ("ceremony_uses", 0),
    ] {
        let query = format!("SELECT count(*) AS number FROM {table}");
        wait_until(|| rows.numbers(&query) == [left]);
    }
}
