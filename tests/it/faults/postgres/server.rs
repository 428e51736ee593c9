//! Faults of the server: crashes, silence, and a standby.

use std::thread;

use super::{assert_away, assert_well, sign_up};
use crate::support::{Home, NetworkFault, PostgresProxy, PostgresServer, Service, wait_until};

fn start_at(url: &str, settings: &[(&str, &str)]) -> Service {
    Service::try_start_in(&Home::at(url), settings).unwrap()
}

#[test]
fn a_crashed_server_is_503_and_its_return_needs_no_restart() {
    let Some(mut server) = PostgresServer::start_or_skip(&[]) else {
        return;
    };
    let service = start_at(server.url(), &[]);
    let minji = service.sign_up("minji");
    for round in 0..2 {
        server.crash();
        assert_away(service.get("/me").bearer(&minji.token).send());
        assert_away(sign_up(&service, "absent").send());
        let ready = service.get("/readyz").send();
        ready.assert_problem(503, "not_ready");
        service.get("/healthz").send().assert(200);
        server.start_again(&[]);
        wait_until(|| service.get("/readyz").send().status == 200);
        assert_well(&service, &minji.token, &format!("back{round}"));
    }
}

#[test]
fn a_commit_without_a_reply_is_not_acknowledged() {
    let Some(server) = PostgresServer::start_or_skip(&[]) else {
        return;
    };
    let proxy = PostgresProxy::before(server.folder());
    let service = start_at(&proxy.url(), &[]);
    for (place, cut) in [NetworkFault::CutAtCommit, NetworkFault::CutAtCommitDone]
        .into_iter()
        .enumerate()
    {
        let name = format!("person{place}");
        let key = format!("\"{place}-4b6f-9d1a-1f0e8c7d6b5a\"");
        proxy.fail(Some(cut));
        let call = || sign_up(&service, &name).header("idempotency-key", &key);
        assert_away(call().send());
        proxy.fail(None);
        // Whether or not the commit took effect, a retry of the same request succeeds.
        call().send().assert(201);
        service.log_in(&name);
    }
}

#[test]
fn a_silent_server_is_503_and_its_return_needs_no_restart() {
    let Some(server) = PostgresServer::start_or_skip(&[]) else {
        return;
    };
    let proxy = PostgresProxy::before(server.folder());
    let settings = [
        ("DAEMUN_DATABASE_POOL", "2"),
        ("DAEMUN_DATABASE_TIMEOUT", "100ms"),
    ];
    let service = start_at(&proxy.url(), &settings);
    let minji = service.sign_up("minji");
    proxy.fail(Some(NetworkFault::Silence));
    // More requests than connections: some wait for a reply, the others for a connection.
    thread::scope(|scope| {
        for name in ["one", "two", "three"] {
            let (service, token) = (&service, &minji.token);
            scope.spawn(move || assert_away(sign_up(service, name).send()));
            scope.spawn(move || assert_away(service.get("/me").bearer(token).send()));
        }
        let ready = service.get("/readyz").send();
        ready.assert_problem(503, "not_ready");
    });
    service.get("/healthz").send().assert(200);
    proxy.fail(None);
    wait_until(|| service.get("/readyz").send().status == 200);
    assert_well(&service, &minji.token, "after");
}

#[test]
fn a_silent_server_does_not_block_the_stop() {
    let Some(server) = PostgresServer::start_or_skip(&[]) else {
        return;
    };
    // The first start migrates the database. The purge of the second start waits for a locked table
    // when the server falls silent.
    drop(start_at(server.url(), &[]));
    let mut sql = Home::at(server.url()).sql();
    sql.run("BEGIN; LOCK TABLE captcha_uses");
    let proxy = PostgresProxy::before(server.folder());
    let mut service = start_at(&proxy.url(), &[("DAEMUN_DATABASE_TIMEOUT", "10s")]);
    let mut activity = Home::at(server.url()).sql();
    let waiting = "SELECT count(*) AS number FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    wait_until(|| activity.numbers(waiting) == [1]);
    proxy.fail(Some(NetworkFault::Silence));
    assert!(service.stop().success());
}

#[test]
fn a_promoted_standby_takes_over_without_a_restart() {
    let settings = ["synchronous_standby_names=*"];
    let Some(mut leader) = PostgresServer::start_or_skip(&[]) else {
        return;
    };
    let standby = leader.standby();
    leader.crash();
    leader.start_again(&settings);
    let url = format!(
        "postgres:///postgres?host={},{}&user=daemun&target_session_attrs=read-write",
        leader.folder(),
        standby.folder()
    );
    let service = start_at(&url, &[]);
    let minji = service.sign_up("minji");
    leader.crash();
    // The standby accepts connections but no writes.
    assert_away(service.get("/me").bearer(&minji.token).send());
    standby.promote();
    wait_until(|| service.get("/readyz").send().status == 200);
    assert_well(&service, &minji.token, "after");
}
