//! What goes wrong around a PostgreSQL server: no request hangs, none is acknowledged in vain, and everything is well once it is.

use std::{
    collections::HashSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use serde_json::json;

use crate::support::{
    Call, Home, NetworkFault, PASSWORD, PostgresDatabase, PostgresProxy, PostgresServer, Reply,
    Service, at_once, send_at_once, wait_until,
};

/// A sign-up as `name`.
fn sign_up(service: &Service, name: &str) -> Call {
    let email = format!("{name}@example.com");
    service.post(
        "/signup",
        &json!({ "username": name, "email": email, "password": PASSWORD }),
    )
}

/// An answer that tells a client to come again, and tells nothing else.
#[track_caller]
fn assert_away(reply: Reply) {
    let reply = reply.assert_problem(503, "database_unavailable");
    let seconds: u64 = reply.header("retry-after").parse().unwrap();
    assert!((1..60).contains(&seconds), "{seconds}");
    for cause in ["connection", "server", "statement", "postgres", "relation"] {
        assert!(!reply.text.contains(cause), "{}", reply.text);
    }
}

fn start_at(url: &str, settings: &[(&str, &str)]) -> Service {
    Service::try_start_in(&Home::at(url), settings).unwrap()
}

/// Everything works, for reads and for writes.
#[track_caller]
fn assert_well(service: &Service, token: &str, name: &str) {
    service.get("/me").bearer(token).send().assert(200);
    sign_up(service, name).send().assert(201);
    service.get("/readyz").send().assert(200);
}

#[test]
fn a_server_that_crashes_is_503_and_its_return_needs_no_restart() {
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
fn a_pool_full_of_lost_connections_fails_nobody() {
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

#[test]
fn a_commit_whose_answer_never_came_is_not_acknowledged() {
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
        // Whichever came to pass, the same request again is the account's.
        call().send().assert(201);
        service.log_in(&name);
    }
}

#[test]
fn a_server_that_falls_silent_is_503_and_its_voice_needs_no_restart() {
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
    // More than there are connections: some wait for an answer, the others for a connection.
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
fn a_server_that_is_silent_keeps_nobody_from_stopping() {
    let Some(server) = PostgresServer::start_or_skip(&[]) else {
        return;
    };
    let proxy = PostgresProxy::before(server.folder());
    let mut service = start_at(&proxy.url(), &[("DAEMUN_DATABASE_TIMEOUT", "100ms")]);
    let minji = service.sign_up("minji");
    proxy.fail(Some(NetworkFault::Silence));
    assert_away(service.get("/me").bearer(&minji.token).send());
    assert!(service.stop().success());
}

#[test]
fn a_standby_takes_over_without_a_restart_and_has_every_account() {
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
    // The standby answers, and takes nothing.
    assert_away(service.get("/me").bearer(&minji.token).send());
    standby.promote();
    wait_until(|| service.get("/readyz").send().status == 200);
    assert_well(&service, &minji.token, "after");
}

#[test]
fn who_finds_every_connection_in_use_is_told_to_come_again() {
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
    let mut stranger = home.sql();
    stranger.run("BEGIN; LOCK TABLE users, sessions IN ACCESS EXCLUSIVE MODE");
    let calls = (0..6).map(|_| service.get("/me").bearer(&minji.token));
    send_at_once(calls).into_iter().for_each(assert_away);
    // Some waited for a connection, and some for the lock.
    wait_until(|| service.log().contains("timed out waiting for connection"));
    wait_until(|| {
        service
            .log()
            .contains("canceling statement due to lock timeout")
    });
    stranger.run("ROLLBACK");
    assert_well(&service, &minji.token, "after");
}

#[test]
fn a_statement_that_takes_too_long_is_ended_and_its_connection_used_again() {
    let Some(database) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let home = Home::of(database);
    let settings = [
        ("DAEMUN_DATABASE_POOL", "1"),
        ("DAEMUN_DATABASE_TIMEOUT", "1s"),
    ];
    let service = Service::try_start_in(&home, &settings).unwrap();
    let mut stranger = home.sql();
    stranger.run(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$; \
         CREATE TRIGGER slow BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION slow()",
    );
    let backends = "SELECT CAST(pid AS BIGINT) AS number FROM pg_stat_activity \
                    WHERE datname = current_database() AND application_name = 'daemun'";
    let before = stranger.numbers(backends);
    assert_away(sign_up(&service, "minji").send());
    wait_until(|| {
        service
            .log()
            .contains("canceling statement due to statement timeout")
    });
    // One slow statement is not a database away.
    service.get("/readyz").send().assert(200);
    stranger.run("DROP TRIGGER slow ON users");
    sign_up(&service, "minji").send().assert(201);
    assert_eq!(stranger.numbers(backends), before);
}

#[test]
fn two_that_wait_for_each_other_are_told_apart_by_one_503() {
    let Some(database) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let home = Home::of(database);
    let service = Service::try_start_in(&home, &[]).unwrap();
    let minji = service.sign_up("minji");
    let mut stranger = home.sql();
    // The stranger waits for the account that a log-in holds, which waits for the session's table.
    stranger
        .run("BEGIN; SET LOCAL deadlock_timeout = '30s'; LOCK TABLE sessions IN EXCLUSIVE MODE");
    let log_in = json!({ "identifier": "minji", "password": PASSWORD });
    let reply = thread::scope(|scope| {
        let answer = scope.spawn(|| service.post("/login", &log_in).send());
        wait_for_a_waiter(&home);
        stranger.run("UPDATE users SET disabled = disabled");
        answer.join().unwrap()
    });
    assert_away(reply);
    // The server looks for circles a second after a wait begins; one that closes later ends with the time-out.
    wait_until(|| {
        let log = service.log();
        log.contains("deadlock detected") || log.contains("due to lock timeout")
    });
    stranger.run("ROLLBACK");
    assert_well(&service, &minji.token, "after");
}

/// Until somebody waits for a lock.
fn wait_for_a_waiter(home: &Home) {
    let waiters = "SELECT count(*) AS number FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let mut observer = home.sql();
    wait_until(|| observer.numbers(waiters)[0] > 0);
}

#[test]
fn behind_a_pooler_in_transaction_mode_everything_works() {
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
    // What is set for a transaction is not left to whoever has the connection next.
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
fn every_connection_has_limits_of_its_own() {
    let Some(database) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let home = Home::of(database);
    let told = home
        .db()
        .read(|tx| {
            use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
            #[derive(QueryableByName)]
            struct Setting {
                #[diesel(sql_type = Text)]
                text: String,
            }
            let daemun::store::Tx::Postgres(connection) = tx else {
                panic!("not PostgreSQL")
            };
            let names = "SELECT current_setting(name) AS text FROM unnest(ARRAY['statement_timeout', 'lock_timeout', \
                         'idle_in_transaction_session_timeout', 'application_name', 'tcp_user_timeout']) AS name";
            Ok::<_, daemun::store::StoreError>(sql_query(names).load::<Setting>(*connection)?)
        })
        .unwrap();
    let told: Vec<_> = told.iter().map(|setting| setting.text.as_str()).collect();
    assert_eq!(told[..4], ["10s", "5s", "20s", "daemun"]);
}

#[test]
fn a_start_tells_what_is_wrong_with_the_server_on_one_line() {
    if !crate::support::is_run_on_postgres_or_skip() {
        return;
    }
    let nobody = tempfile::tempdir().unwrap();
    let at = nobody.path().display();
    let cases = [
        (
            format!("postgres://ann:hunter2@/x?host={at}"),
            "connection to server on socket",
        ),
        (
            String::from("postgres://ann:hunter2@127.0.0.1:1/x"),
            "connection to server at \"127.0.0.1\", port 1 failed",
        ),
        (
            String::from("postgres://ann:hunter2@nowhere.invalid/x"),
            "could not translate host name",
        ),
        (
            String::from("postgres://ann:hunter2@127.0.0.1:port/x"),
            "invalid",
        ),
        (
            String::from("postgres://ann:hunter2@h/x?pasword=hunter2"),
            "invalid URI query parameter",
        ),
        (
            String::from("postgres://ann:hunter2%zz@h/x"),
            "invalid percent-encoded token",
        ),
        (String::from("postgres://ann:hunter2@[::1/x"), ""),
        (
            String::from(
                "postgres://ann:hunter2@localhost:1/x?sslmode=verify-full&sslrootcert=/none",
            ),
            if cfg!(feature = "postgres-tls") {
                "port 1 failed"
            } else {
                "needs the feature postgres-tls"
            },
        ),
    ];
    for (url, said) in cases {
        let told = Service::try_start_in(&Home::at(&url), &[]).err().unwrap();
        assert_eq!(told.lines().count(), 1, "{told}");
        assert!(
            told.starts_with("daemun: the database is unavailable: ") && told.contains(said),
            "{told}"
        );
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_start_waits_for_its_database_where_it_is_told_to() {
    if !crate::support::is_run_on_postgres_or_skip() {
        return;
    }
    let mut server = PostgresServer::stopped();
    let home = Home::at(server.url());
    let settings = [("DAEMUN_DATABASE_WAIT", "1m")];
    thread::scope(|scope| {
        let start = scope.spawn(|| Service::try_start_in(&home, &settings).unwrap());
        server.start_again(&[]);
        let service = start.join().unwrap();
        service.sign_up("minji");
    });
}
