//! An event and its cause: both are written, or neither.

use std::fs;

use serde_json::json;

use super::{audited, log_in, named};
use crate::support::{PASSWORD, Service};

#[test]
fn a_cause_whose_event_cannot_be_written_fails_and_leaves_no_log_line() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let mut sql = service.sql();
    sql.refuse_inserts("events");
    let before = sql.numbers("SELECT count(*) AS number FROM sessions");
    assert_eq!(log_in(&service, "minji", PASSWORD), 500);
    assert_eq!(log_in(&service, "minji", "wrong"), 500);
    let body = json!({ "username": "seojun", "email": "seojun@example.com", "password": PASSWORD });
    service.post("/signup", &body).send().assert(500);
    let rename = json!({ "username": "minji2" });
    let call = service.call("PATCH", "/me").json(&rename);
    call.bearer(&minji.token).send().assert(500);
    service
        .call("POST", "/logout")
        .bearer(&minji.token)
        .send()
        .assert(500);

    sql.accept_inserts("events");
    assert_eq!(
        sql.numbers("SELECT count(*) AS number FROM sessions"),
        before
    );
    assert_eq!(sql.numbers("SELECT count(*) AS number FROM users"), [1]);
    let me = service.get("/me").bearer(&minji.token).send().assert(200);
    assert_eq!(me.json["username"], "minji");
    assert_eq!(audited(&mut sql).len(), 1, "the signup");
    let log = service.log();
    for name in [
        "login.succeeded",
        "login.failed",
        "user.renamed",
        "session.revoked",
    ] {
        assert!(!log.contains(name), "{name}");
    }
}

#[test]
fn a_cause_that_is_rolled_back_leaves_no_event() {
    let service = Service::start();
    service.sign_up("minji");
    let body = json!({ "username": "minji", "email": "other@example.com", "password": PASSWORD });
    service.post("/signup", &body).send().assert(409);
    let rows = audited(&mut service.sql());
    assert_eq!(named(&rows, "user.signed_up").len(), 1);
    assert_eq!(service.log().matches("user.signed_up").count(), 1);
}

/// Returns the number of transactions that a write-ahead log holds: the frames that end one have
/// the size of the database in their header (SQLite file format, section 4.1).
fn commits(wal: &[u8]) -> usize {
    let page = usize::try_from(u32::from_be_bytes(wal[8..12].try_into().unwrap())).unwrap();
    let salts = &wal[16..24];
    let frames = wal[32..].chunks_exact(24 + page);
    let own = frames.take_while(|frame| &frame[8..16] == salts);
    own.filter(|frame| frame[4..8] != [0; 4]).count()
}

#[test]
fn a_login_commits_twice_on_sqlite_whether_it_succeeds_or_fails() {
    let service = Service::start_on_a_file_with(&[("DAEMUN_RATE_LIMITS", "on")]);
    service.sign_up("minji");
    let wal = service.home().file().with_extension("db-wal");
    let count = || commits(&fs::read(&wal).unwrap());
    for (identifier, password, status) in [
        ("minji", PASSWORD, 200),
        ("minji", "wrong", 401),
        ("nobody", "wrong", 401),
    ] {
        let before = count();
        let body = json!({ "identifier": identifier, "password": password });
        service.post("/login", &body).send().assert(status);
        assert_eq!(count() - before, 2, "{identifier} {status}");
    }
}
