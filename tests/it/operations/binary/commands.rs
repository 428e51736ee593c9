//! Subcommands beside `serve`.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    process::Stdio,
    thread,
};

use super::{refused, run};
use crate::support::Service;

#[test]
fn help_shows_the_version_and_the_commands() {
    let folder = tempfile::tempdir().unwrap();
    let version = run(Service::command_in(folder.path(), &[]).arg("--version"));
    assert!(version.status.success());
    let expected = format!("daemun {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8(version.stdout).unwrap(), expected);

    let help = run(Service::command_in(folder.path(), &[]).arg("--help"));
    let help = String::from_utf8(help.stdout).unwrap();
    for command in ["serve", "migrate", "openapi", "healthcheck", "user"] {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
    }
    for unknown in [&["sevre"][..], &["--sevre"], &["user"], &["user", "forget"]] {
        let reported = run(Service::command_in(folder.path(), &[]).args(unknown));
        assert_eq!(reported.status.code(), Some(2), "{unknown:?}: {reported:?}");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn migrate_creates_the_database_and_is_idempotent() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for _time in 0..2 {
        let done = run(Service::command_in(folder.path(), &[]).arg("migrate"));
        assert!(done.status.success(), "{done:?}");
        let reported = String::from_utf8(done.stdout).unwrap();
        let file = root.join("data/daemun.db");
        let expected = format!("sqlite://{} is up to date\n", file.display());
        assert_eq!(reported, expected);
        assert!(
            done.stderr.is_empty(),
            "{:?}",
            String::from_utf8(done.stderr)
        );
    }
    assert!(folder.path().join("data/daemun.db").is_file());
}

#[test]
fn openapi_prints_the_document_and_creates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run(Service::command_in(folder.path(), &[]).arg("openapi"));
    assert!(printed.status.success());
    let document: serde_json::Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert!(document["paths"]["/signup"]["post"].is_object());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_closed_stdout_causes_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Service::command_in(folder.path(), &[])
        .arg("openapi")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    let reported = String::from_utf8(ended.stderr).unwrap();
    assert!(!reported.contains("panicked"), "{reported}");
}

#[test]
fn healthcheck_reports_the_readiness_of_the_service() {
    let folder = tempfile::tempdir().unwrap();
    let healthcheck = |listen: &str| {
        let mut command = Service::command_in(folder.path(), &[("DAEMUN_LISTEN", listen)]);
        command.arg("healthcheck");
        command
    };
    let service = Service::start();
    let ready = run(&mut healthcheck(&service.address().to_string()));
    assert!(ready.status.success(), "{ready:?}");
    assert!(ready.stdout.is_empty() && ready.stderr.is_empty());
    let everywhere = format!("0.0.0.0:{}", service.address().port());
    assert!(run(&mut healthcheck(&everywhere)).status.success());

    let unknown = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let reported = refused(healthcheck(&unknown.to_string()), 1);
    assert!(
        reported.starts_with(&format!("{unknown} did not respond: ")),
        "{reported}"
    );

    service.home().hide_database();
    let reported = refused(healthcheck(&service.address().to_string()), 1);
    assert!(
        reported.contains("did not respond") || reported.contains(" 503"),
        "{reported}"
    );
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        0,
        "it touches no database"
    );
}

#[test]
fn healthcheck_times_out() {
    for silence in [&b""[..], b"HTTP/1.1 503 ", b"HTTP/1.1 2"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let answering = thread::spawn(move || {
            let (mut stream, _peer) = listener.accept().unwrap();
            stream.write_all(silence).unwrap();
            // Until the client closes the connection, cleanly or not.
            let _hung_up = stream.read_to_end(&mut Vec::new());
        });
        let mut command =
            Service::command_in(folder.path(), &[("DAEMUN_LISTEN", &address.to_string())]);
        command.arg("healthcheck");
        refused(command, 1);
        answering.join().unwrap();
    }
}

#[test]
fn tune_recommends_the_highest_cost_within_the_target() {
    let folder = tempfile::tempdir().unwrap();
    for (target, cost) in [("0", "10"), ("600000", "14")] {
        let mut command = Service::command_in(folder.path(), &[]);
        let reported = command
            .args(["tune", "--target", &format!("{target}ms")])
            .output()
            .unwrap();
        assert!(reported.status.success());
        let reported = String::from_utf8(reported.stdout).unwrap();
        let advice = format!("for a login within {target} ms: DAEMUN_BCRYPT_COST={cost}");
        assert_eq!(reported.lines().last(), Some(advice.as_str()), "{reported}");
        assert_eq!(
            reported.lines().filter(|line| line.ends_with('x')).count(),
            5
        );
    }
    assert!(!folder.path().join("data").exists(), "it needs no database");
}
