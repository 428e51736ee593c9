//! Faults of a SQLite file: a full disk, a lock, a damaged or missing file. The service reports
//! them, loses no acknowledged write, and recovers by itself.

use std::{
    fs,
    io::{Seek, SeekFrom, Write},
    thread,
};

use diesel::{Connection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, Service, wait_until};

fn new_account(name: &str) -> Value {
    json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD })
}

fn is_ready(service: &Service) -> bool {
    let reply = service.get("/readyz").send();
    reply.status == 200 || reply.assert_problem(503, "not_ready").status == 200
}

/// Asserts a 503 that reveals nothing about the cause.
#[track_caller]
fn assert_unavailable(reply: Reply) {
    let reply = reply.assert_problem(503, "database_unavailable");
    for cause in ["disk", "lock", "sqlite", "malformed", "daemun.db", "I/O"] {
        assert!(!reply.text.contains(cause), "{}", reply.text);
    }
}

/// Opens another connection to the same file.
fn other_connection(service: &Service) -> SqliteConnection {
    let mut connection =
        SqliteConnection::establish(service.home().file().to_str().unwrap()).unwrap();
    connection
        .batch_execute("PRAGMA busy_timeout = 10000")
        .unwrap();
    connection
}

/// Limits the size of the process's files. SQLite then fails like on a full disk.
pub(super) fn limit_files(service: &Service, bytes: Option<u64>) {
    let pid = Pid::from_raw(service.pid().try_into().unwrap());
    let limit = Rlimit {
        current: bytes,
        maximum: None,
    };
    prlimit(pid, Resource::Fsize, limit).unwrap();
}

#[test]
fn a_full_disk_loses_nothing_and_needs_no_restart() {
    // The signal of the size limit would end the process. A full disk sends none.
    let service = Service::start_after("trap '' XFSZ", &[]);
    let minji = service.sign_up("minji");
    limit_files(&service, Some(fs::metadata(wal(&service)).unwrap().len()));
    let full = |name: &str| service.post("/signup", &new_account(name)).send();
    assert_unavailable(full("full"));
    assert_unavailable(full("full"));
    assert!(
        !is_ready(&service),
        "without writes the service is not ready"
    );
    let me = service.get("/me").bearer(&minji.token).send().assert(200);
    assert_eq!(me.json["username"], "minji", "reading goes on");
    service.get("/healthz").send().assert(200);

    limit_files(&service, None);
    wait_until(|| is_ready(&service));
    service.sign_up("full");
    let service = service.kill_and_restart();
    service.get("/me").bearer(&minji.token).send().assert(200);
    service.log_in("full");
}

pub(super) fn wal(service: &Service) -> std::path::PathBuf {
    service.home().file().with_extension("db-wal")
}

#[test]
fn a_locked_database_serves_reads_and_rejects_writes() {
    let service = Service::start_on_a_file();
    let minji = service.sign_up("minji");
    let mut other = other_connection(&service);
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|number| {
                let body = new_account(&format!("writer{number}"));
                let call = service.post("/signup", &body);
                scope.spawn(move || call.send())
            })
            .collect();
        service.get("/me").bearer(&minji.token).send().assert(200);
        for writer in writers {
            assert_unavailable(writer.join().unwrap());
        }
    });
    other.batch_execute("ROLLBACK").unwrap();
    wait_until(|| is_ready(&service));
    service.sign_up("writer0");
}

#[test]
fn a_write_waits_for_a_short_lock() {
    let service = Service::start_on_a_file();
    let mut other = other_connection(&service);
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    thread::scope(|scope| {
        let call = service.post("/signup", &new_account("minji"));
        let writer = scope.spawn(move || call.send());
        // The writer most likely waits by now. The test also holds if it does not.
        wait_until(|| service.get("/healthz").send().status == 200);
        other.batch_execute("ROLLBACK").unwrap();
        writer.join().unwrap().assert(201);
    });
}

#[test]
fn a_damaged_database_is_reported_and_a_repaired_one_is_used() {
    let service = Service::start_on_a_file();
    let minji = service.sign_up("minji");
    // A checkpoint moves everything into the one file, which is then damaged and repaired as a whole.
    let folded = "PRAGMA wal_checkpoint(TRUNCATE)";
    sql_query(folded)
        .execute(&mut other_connection(&service))
        .unwrap();
    let whole = fs::read(service.home().file()).unwrap();
    overwrite(&service, &vec![0x5a; whole.len()]);
    wait_until(|| !is_ready(&service));
    assert_unavailable(service.get("/me").bearer(&minji.token).send());
    assert_unavailable(service.post("/signup", &new_account("later")).send());
    let log_in = json!({ "identifier": "minji", "password": PASSWORD });
    assert_unavailable(service.post("/login", &log_in).send());
    service.get("/healthz").send().assert(200);

    overwrite(&service, &whole);
    wait_until(|| is_ready(&service));
    service.get("/me").bearer(&minji.token).send().assert(200);
    service.sign_up("later");
    let service = service.stop_and_restart();
    service.log_in("minji");
    service.log_in("later");
}

/// Overwrites the file in place, like a bad block or a wrong copy.
fn overwrite(service: &Service, bytes: &[u8]) {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(service.home().file())
        .unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(bytes).unwrap();
    file.sync_all().unwrap();
}

#[test]
fn a_missing_database_accepts_no_writes_until_it_returns() {
    let service = Service::start_on_a_file();
    let minji = service.sign_up("minji");
    let aside = service.home().path().join("aside");
    fs::rename(service.home().file().parent().unwrap(), &aside).unwrap();
    assert_unavailable(service.post("/signup", &new_account("later")).send());
    assert_unavailable(service.get("/me").bearer(&minji.token).send());
    assert!(!is_ready(&service));
    assert!(
        !service.home().file().exists(),
        "no empty one takes its place"
    );

    fs::rename(&aside, service.home().file().parent().unwrap()).unwrap();
    wait_until(|| is_ready(&service));
    service.get("/me").bearer(&minji.token).send().assert(200);
    service.sign_up("later");
}

#[test]
fn a_replaced_database_is_used() {
    let service = Service::start_on_a_file();
    let minji = service.sign_up("minji");
    let mut backup = Service::start_on_a_file();
    backup.sign_up("backup");
    backup.stop();
    // Like a restored backup: the new file is written beside the old one and renamed over it.
    let beside = service.home().path().join("beside.db");
    fs::copy(backup.home().file(), &beside).unwrap();
    for companion in ["db-wal", "db-shm"] {
        fs::remove_file(service.home().file().with_extension(companion)).unwrap();
    }
    fs::rename(beside, service.home().file()).unwrap();
    service.get("/me").bearer(&minji.token).send().assert(401);
    service.log_in("backup");
    service.sign_up("minji");
    let service = service.kill_and_restart();
    service.log_in("backup");
    service.log_in("minji");
}

#[test]
fn a_database_without_tables_is_not_ready() {
    let service = Service::start_on_a_file();
    let minji = service.sign_up("minji");
    let mut other = other_connection(&service);
    other
        .batch_execute("PRAGMA foreign_keys = OFF; ALTER TABLE users RENAME TO gone")
        .unwrap();
    assert!(!is_ready(&service));
    assert_unavailable(service.get("/me").bearer(&minji.token).send());
    other
        .batch_execute("ALTER TABLE gone RENAME TO users")
        .unwrap();
    wait_until(|| is_ready(&service));
    service.get("/me").bearer(&minji.token).send().assert(200);
}

#[test]
fn a_damaged_password_hash_fails_the_login_and_is_logged() {
    let service = Service::start_on_a_file();
    service.sign_up("minji");
    // The last hash is intact but would take weeks. Its cost is rejected before any work.
    for damaged in [
        "",
        "plain",
        "$2b$04$abcdefghijklmnopqrstuu",
        "$2b$31$abcdefghijklmnopqrstuukNVop5HfiuWmsD1qjrx0RTJ0LgkiY3u",
    ] {
        sql_query(format!("UPDATE users SET password_hash = '{damaged}'"))
            .execute(&mut other_connection(&service))
            .unwrap();
        let body = json!({ "identifier": "minji", "password": PASSWORD });
        service
            .post("/login", &body)
            .send()
            .assert_problem(401, "invalid_credentials");
    }
    let log = service.log();
    let errors = log.lines().filter(|line| line.contains(r#""ERROR""#));
    let errors: Vec<Value> = errors
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    // No hash at all is no damage.
    let events: Vec<_> = errors.iter().map(|event| &event["event"]).collect();
    assert_eq!(events, ["hash.damaged", "hash.damaged", "hash.unusable"]);
    assert!(!log.contains("abcdefghijklmnopqrstuu"), "{log}");
}
