//! Connections that are all in use, blocked or pooled.

use std::thread;

use serde_json::json;

use super::{assert_away, assert_well, sign_up};
use crate::support::{
    Home, PASSWORD, PostgresDatabase, PostgresServer, Service, at_once, send_at_once, wait_until,
};

#[test]
fn requests_without_a_free_connection_are_503() {
    let Some(database) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let home = Home::of(database);
    let settings = [
        ("DAEMUN_DATABASE_POOL", "2"),
        ("DAEMUN_DATABASE_TIMEOUT", "6s"),
    ];
    let service = Service::try_start_in(&home, &settings).unwrap();
    let minji = service.sign_up("minji");
    let mut other = home.sql();
    other.run("BEGIN; LOCK TABLE users, sessions IN ACCESS EXCLUSIVE MODE");
    let calls = (0..6).map(|_| service.get("/me").bearer(&minji.token));
    send_at_once(calls).into_iter().for_each(assert_away);
    // Some requests waited for a connection, the others for the lock.
    wait_until(|| service.log().contains("timed out waiting for connection"));
    wait_until(|| {
        service
            .log()
            .contains("canceling statement due to lock timeout")
    });
    other.run("ROLLBACK");
    assert_well(&service, &minji.token, "after");
}

#[test]
fn a_slow_statement_is_cancelled_and_its_connection_reused() {
    let Some(database) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let home = Home::of(database);
    let settings = [
        ("DAEMUN_DATABASE_POOL", "1"),
        ("DAEMUN_DATABASE_TIMEOUT", "1s"),
    ];
    let service = Service::try_start_in(&home, &settings).unwrap();
    let mut other = home.sql();
    other.run(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$; \
         CREATE TRIGGER slow BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION slow()",
    );
    let backends = "SELECT CAST(pid AS BIGINT) AS number FROM pg_stat_activity \
                    WHERE datname = current_database() AND application_name = 'daemun'";
    let before = other.numbers(backends);
    assert_away(sign_up(&service, "minji").send());
    wait_until(|| {
        service
            .log()
            .contains("canceling statement due to statement timeout")
    });
    // One slow statement does not make the database unavailable.
    service.get("/readyz").send().assert(200);
    other.run("DROP TRIGGER slow ON users");
    sign_up(&service, "minji").send().assert(201);
    assert_eq!(other.numbers(backends), before);
}

#[test]
fn a_deadlock_ends_with_one_503() {
    let Some(database) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let home = Home::of(database);
    let service = Service::try_start_in(&home, &[]).unwrap();
    let minji = service.sign_up("minji");
    let mut other = home.sql();
    // The other client waits for the account row that a login has locked. The login waits for the
    // table of sessions.
    other.run("BEGIN; SET LOCAL deadlock_timeout = '30s'; LOCK TABLE sessions IN EXCLUSIVE MODE");
    let log_in = json!({ "identifier": "minji", "password": PASSWORD });
    let reply = thread::scope(|scope| {
        let answer = scope.spawn(|| service.post("/login", &log_in).send());
        wait_for_a_waiter(&home);
        other.run("UPDATE users SET disabled = disabled");
        answer.join().unwrap()
    });
    assert_away(reply);
    // The server looks for deadlocks a second after a wait begins. A later one ends with the timeout.
    wait_until(|| {
        let log = service.log();
        log.contains("deadlock detected") || log.contains("due to lock timeout")
    });
    other.run("ROLLBACK");
    assert_well(&service, &minji.token, "after");
}

/// Waits until a connection waits for a lock.
fn wait_for_a_waiter(home: &Home) {
    let waiters = "SELECT count(*) AS number FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let mut observer = home.sql();
    wait_until(|| observer.numbers(waiters)[0] > 0);
}

#[test]
fn the_service_works_behind_a_pooler_in_transaction_mode() {
    let Some(server) = PostgresServer::start_or_skip(&[]) else {
        return;
    };
    let pooler = server.pooler(&["default_pool_size=3"]);
    let home = Home::at(pooler.url());
    let settings = [
        ("DAEMUN_DATABASE_POOLER", "on"),
        ("DAEMUN_RATE_LIMITS", "on"),
        ("DAEMUN_LIMIT_NETWORK_FAILURES", "1000"),
        ("DAEMUN_LIMIT_SIGN_UPS", "1000"),
        ("DAEMUN_LIMIT_LOG_INS", "1000"),
    ];
    let start = || Service::try_start_in(&home, &settings).unwrap();
    let replicas = at_once([start; 3]);
    at_once((0..18).map(|client| {
        let replicas = &replicas;
        move || {
            let name = format!("person{client}");
            let made = replicas[client % 3].sign_up(&name);
            for replica in replicas {
                replica.get("/me").bearer(&made.token).send().assert(200);
                replica.log_in(&name);
            }
        }
    }));
    // Settings of a transaction do not leak to the connection's next user.
    let left = home.sql().texts(
        "SELECT current_setting('statement_timeout') AS text WHERE $1 = $2",
        "",
        "",
    );
    assert_eq!(left, ["0"]);
    for replica in &replicas {
        replica.get("/readyz").send().assert(200);
    }
}

#[test]
fn every_connection_has_its_own_timeouts() {
    let Some(database) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let home = Home::of(database);
    let reported = home
        .db()
        .read(|tx| {
            use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
            #[derive(QueryableByName)]
            struct Setting {
                #[diesel(sql_type = Text)]
                text: String,
            }
            let daemun::store::TxConnection::Postgres(connection) = &mut tx.connection else {
                panic!("not PostgreSQL")
            };
            let names = "SELECT current_setting(name) AS text FROM unnest(ARRAY['statement_timeout', 'lock_timeout', \
                         'idle_in_transaction_session_timeout', 'application_name', 'tcp_user_timeout']) AS name";
            Ok::<_, daemun::store::StoreError>(sql_query(names).load::<Setting>(&mut **connection)?)
        })
        .unwrap();
    let reported: Vec<_> = reported
        .iter()
        .map(|setting| setting.text.as_str())
        .collect();
    assert_eq!(reported[..4], ["10s", "5s", "20s", "daemun"]);
}
