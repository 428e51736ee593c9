//! The metrics of hashing, mail and the database.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::scrape::{ADMIN, Scrape};
use crate::support::{
    Behaviour, Home, MailServer, NetworkFault, PASSWORD, PostgresProxy, PostgresServer, Service,
    at_once, wait_until,
};

/// Far more than a scrape takes, and less than any wait for the database.
const AT_ONCE: Duration = Duration::from_secs(1);

#[test]
fn hashes_are_counted_with_their_waits() {
    let service = Service::start_with(&[ADMIN, ("DAEMUN_HASH_WORKERS", "1")]);
    let before = Scrape::of(&service).count("daemun_hash_wait_seconds_count");
    service.sign_up("minji");
    service.log_in("minji");
    let scrape = Scrape::of(&service);
    assert!(scrape.count("daemun_hash_wait_seconds_count") >= before + 2);
    assert!(scrape.count("daemun_hash_lanes") >= 1, "{}", scrape.0);
    for series in [
        "daemun_hash_waiting",
        "daemun_hash_lanes_busy",
        "daemun_hashes_shed_total",
        "daemun_hash_mismatches_total",
    ] {
        assert_eq!(scrape.find(series), Some(0), "{series}: {}", scrape.0);
    }
}

#[test]
fn hashes_in_progress_and_waiting_ones_are_shown() {
    let service = Service::start_with(&[
        ADMIN,
        ("DAEMUN_BCRYPT_COST", "13"),
        ("DAEMUN_HASH_WORKERS", "1"),
        ("DAEMUN_HASH_ENGINE", "reference"),
        ("DAEMUN_HASH_DEADLINE", "60s"),
    ]);
    thread::scope(|scope| {
        for _client in 0..3 {
            scope.spawn(|| log_in_as_unknown(&service));
        }
        wait_until(|| {
            let scrape = Scrape::of(&service);
            let series = ["daemun_hash_lanes_busy", "daemun_hash_waiting"];
            series.map(|series| scrape.count(series)) == [1, 2]
        });
    });
    assert_eq!(Scrape::of(&service).count("daemun_hash_waiting"), 0);
}

#[test]
fn a_flood_of_logins_is_counted_and_scraped_meanwhile() {
    const CLIENTS: u8 = 48;
    let service = Service::start_with(&[
        ADMIN,
        ("DAEMUN_BCRYPT_COST", "8"),
        ("DAEMUN_HASH_WORKERS", "1"),
        ("DAEMUN_HASH_ENGINE", "reference"),
        ("DAEMUN_HASH_DEADLINE", "100ms"),
    ]);
    let statuses = thread::scope(|scope| {
        let clients = (0..CLIENTS).map(|_| || log_in_as_unknown(&service));
        let flood = scope.spawn(|| at_once(clients));
        wait_until(|| {
            Scrape::of(&service);
            flood.is_finished()
        });
        flood.join().unwrap()
    });
    let count = |status| -> u64 {
        let responses = statuses.iter().filter(|found| **found == status);
        responses.map(|_| 1).sum()
    };
    let (failed, shed) = (count(401), count(503));
    assert_eq!(failed + shed, u64::from(CLIENTS), "{statuses:?}");
    let scrape = Scrape::of(&service);
    assert_eq!(scrape.log_ins("password", "failed"), failed);
    assert_eq!(scrape.log_ins("password", "unavailable"), shed);
    assert_eq!(scrape.count("daemun_hashes_shed_total"), shed);
}

/// Returns the status of a login of an account that does not exist.
fn log_in_as_unknown(service: &Service) -> u16 {
    let body = json!({ "identifier": "unknown", "password": PASSWORD });
    service.post("/login", &body).send().status
}

#[test]
fn messages_are_counted_and_an_unreachable_server_shows() {
    let server = MailServer::start();
    let url = server.url("?tls=off");
    let service = Service::start_with(&[
        ADMIN,
        ("DAEMUN_MAIL_URL", &url),
        ("DAEMUN_MAIL_FROM", "no-reply@example.com"),
        ("DAEMUN_EMAIL_VERIFICATION", "optional"),
    ]);
    let count = |series: &str| Scrape::of(&service).find(series);
    let oldest_age = || Scrape::of(&service).value("daemun_outbox_oldest_age_seconds");
    service.sign_up("minji");
    server.wait_for(1);
    wait_until(|| count("daemun_mails_sent_total") == Some(1));
    wait_until(|| count("daemun_outbox_pending") == Some(0));
    assert!(oldest_age() <= 0.0);
    assert_eq!(count("daemun_mail_circuit_breaker_open"), Some(0));
    server.behave(Behaviour::TempFail);
    service.sign_up("seojun");
    wait_until(|| count("daemun_outbox_pending") == Some(1));
    assert!(oldest_age() > 0.0);
    server.behave(Behaviour::Down);
    service.sign_up("haeun");
    wait_until(|| count("daemun_mail_circuit_breaker_open") == Some(1));
    assert_eq!(count("daemun_mails_sent_total"), Some(1));
}

#[test]
fn a_permanently_refused_message_is_counted_as_failed() {
    let server = MailServer::start();
    server.behave(Behaviour::PermFail);
    let url = server.url("?tls=off");
    let service = Service::start_with(&[
        ADMIN,
        ("DAEMUN_MAIL_URL", &url),
        ("DAEMUN_MAIL_FROM", "no-reply@example.com"),
        ("DAEMUN_EMAIL_VERIFICATION", "optional"),
    ]);
    service.sign_up("minji");
    wait_until(|| Scrape::of(&service).count("daemun_mails_failed_total") == 1);
}

#[test]
fn connections_and_their_waits_are_shown_by_pool() {
    let service = Service::start_with(&[ADMIN]);
    service.sign_up("minji");
    let scrape = Scrape::of(&service);
    let is_postgres = scrape
        .0
        .contains(r#"db_client_connection_pool_name="postgresql""#);
    let pools = if is_postgres {
        &["postgresql"][..]
    } else {
        &["writer", "readers"]
    };
    for pool in pools {
        for state in ["idle", "used"] {
            let series = format!(
                r#"db_client_connection_count{{db_client_connection_state="{state}",db_client_connection_pool_name="{pool}"}}"#
            );
            assert!(
                scrape.find::<u64>(&series).is_some(),
                "{series}: {}",
                scrape.0
            );
        }
    }
    let waits = format!(
        r#"db_client_connection_wait_time_seconds_count{{db_client_connection_pool_name="{}"}}"#,
        pools[0]
    );
    assert!(scrape.count(&waits) > 0, "{}", scrape.0);
    for kind in ["unavailable", "refused", "interrupted", "corrupt"] {
        let series = format!(r#"daemun_database_errors_total{{kind="{kind}"}}"#);
        assert_eq!(scrape.find(&series), Some(0), "{kind}");
    }
}

#[test]
fn each_write_that_the_database_refuses_is_counted() {
    let service = Service::start_with(&[ADMIN]);
    let minji = service.sign_up("minji");
    service.sql().refuse_inserts("events");
    let new = json!({ "username": "seojun", "email": "seojun@example.com", "password": PASSWORD });
    let log_in = json!({ "identifier": "minji", "password": PASSWORD });
    for call in [
        service.post("/signup", &new),
        service.post("/login", &log_in),
        service.get("/me/export").bearer(&minji.token),
    ] {
        call.send().assert(500);
    }
    service.sql().accept_inserts("events");
    let scrape = Scrape::of(&service);
    let errors = r#"daemun_database_errors_total{kind="refused"}"#;
    assert_eq!(scrape.count(errors), 3, "{}", scrape.0);
}

#[test]
fn a_missing_sqlite_file_is_counted_and_hides_the_outbox() {
    let service = Service::start_on_a_file_with(&[ADMIN]);
    wait_until(|| {
        Scrape::of(&service)
            .find::<u64>("daemun_outbox_pending")
            .is_some()
    });
    let file = service.home().path().join("data/daemun.db");
    fs::rename(&file, file.with_extension("away")).unwrap();
    service.get("/readyz").send().assert(503);
    let errors = r#"daemun_database_errors_total{kind="unavailable"}"#;
    assert!(Scrape::of(&service).count(errors) >= 1);
    wait_until(|| {
        Scrape::of(&service)
            .find::<u64>("daemun_outbox_pending")
            .is_none()
    });
}

#[test]
fn a_silent_postgresql_server_delays_no_scrape() {
    let Some(server) = PostgresServer::start_or_skip(&[]) else {
        return;
    };
    let proxy = PostgresProxy::before(server.folder());
    let settings = [ADMIN, ("DAEMUN_DATABASE_TIMEOUT", "1s")];
    let service = Service::try_start_in(&Home::at(&proxy.url()), &settings).unwrap();
    service.get("/readyz").send().assert(200);
    proxy.fail(Some(NetworkFault::Silence));
    thread::scope(|scope| {
        let readiness = scope.spawn(|| service.get("/readyz").send());
        while !readiness.is_finished() {
            let started = Instant::now();
            Scrape::of(&service);
            assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
        }
        readiness.join().unwrap().assert(503);
    });
    let errors = r#"daemun_database_errors_total{kind="unavailable"}"#;
    assert!(Scrape::of(&service).count(errors) >= 1);
}
