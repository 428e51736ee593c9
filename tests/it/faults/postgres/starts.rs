//! Starts without a working server.

use std::thread;

use crate::support::{Home, PostgresServer, Service};

#[test]
fn a_failed_start_reports_the_server_fault_on_one_line() {
    if !crate::support::is_run_on_postgres_or_skip() {
        return;
    }
    let unknown = tempfile::tempdir().unwrap();
    let at = unknown.path().display();
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
        let reported = Service::try_start_in(&Home::at(&url), &[]).err().unwrap();
        assert_eq!(reported.lines().count(), 1, "{reported}");
        assert!(
            reported.starts_with("daemun: the database is unavailable: ")
                && reported.contains(said),
            "{reported}"
        );
        assert!(!reported.contains("hunter2"), "{reported}");
    }
}

#[test]
fn a_start_waits_for_its_database_when_configured() {
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
