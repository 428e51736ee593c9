//! Mailed proofs whose transaction fails: the proof stays valid, and neither account nor session
//! exists.

use std::fs;

use daemun::domain::credential::challenge::Purpose;
use serde_json::{Value, json};

use super::sqlite::{limit_files, wal};
use crate::support::{
    Home, NetworkFault, PASSWORD, PostgresProxy, PostgresServer, Reply, Service, wait_until,
};

const EMAIL: &str = "minji@example.com";

const REQUIRED: [(&str, &str); 2] = [
    ("DAEMUN_MAIL_URL", "file://mail"),
    ("DAEMUN_EMAIL_VERIFICATION", "required"),
];

/// Signs up. Returns the body of a verification that opens a session.
fn sign_up(service: &Service) -> Value {
    let body = json!({ "username": "minji", "email": EMAIL, "password": PASSWORD });
    service.post("/signup", &body).send().assert(202);
    let token = service.mailbox().token(Purpose::SignUp, EMAIL);
    json!({ "token": token, "password": PASSWORD, "transport": "token" })
}

fn verify(service: &Service, body: &Value) -> Reply {
    service.post("/email/verify", body).send()
}

fn counts(service: &Service) -> Vec<i64> {
    ["users", "sessions", "pending_sign_ups"]
        .iter()
        .flat_map(|table| {
            let query = format!("SELECT count(*) AS number FROM {table}");
            service.sql().numbers(&query)
        })
        .collect()
}

#[test]
fn a_full_disk_consumes_no_proof() {
    // The signal of the size limit would end the process. A full disk sends none.
    let service = Service::start_after("trap '' XFSZ", &REQUIRED);
    let body = sign_up(&service);
    limit_files(&service, Some(fs::metadata(wal(&service)).unwrap().len()));
    verify(&service, &body).assert_problem(503, "database_unavailable");
    limit_files(&service, None);
    wait_until(|| service.get("/readyz").send().status == 200);
    assert_eq!(counts(&service), [0, 0, 1]);
    verify(&service, &body).assert(200).token();
    assert_eq!(counts(&service), [1, 1, 0]);
}

#[test]
fn a_connection_cut_at_the_commit_consumes_no_proof() {
    let Some(server) = PostgresServer::start_or_skip(&[]) else {
        return;
    };
    let proxy = PostgresProxy::before(server.folder());
    let service = Service::try_start_in(&Home::at(&proxy.url()), &REQUIRED).unwrap();
    let body = sign_up(&service);
    proxy.fail(Some(NetworkFault::CutAtCommit));
    verify(&service, &body).assert_problem(503, "database_unavailable");
    proxy.fail(None);
    assert_eq!(counts(&service), [0, 0, 1]);
    verify(&service, &body).assert(200).token();
    assert_eq!(counts(&service), [1, 1, 0]);
}

#[test]
fn a_connection_cut_after_the_commit_loses_only_the_response() {
    let Some(server) = PostgresServer::start_or_skip(&[]) else {
        return;
    };
    let proxy = PostgresProxy::before(server.folder());
    let service = Service::try_start_in(&Home::at(&proxy.url()), &REQUIRED).unwrap();
    let body = sign_up(&service);
    proxy.fail(Some(NetworkFault::CutAtCommitDone));
    verify(&service, &body).assert_problem(503, "database_unavailable");
    proxy.fail(None);
    assert_eq!(counts(&service), [1, 1, 0]);
    verify(&service, &body).assert_problem(410, "token_invalid");
    service.log_in("minji");
}
