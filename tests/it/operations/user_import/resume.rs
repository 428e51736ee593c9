//! Imports that are killed, and imports beside a service that writes.

use std::{
    process::Stdio,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use serde_json::json;

use super::{HASHED, Imported, command, counts, file, import_file, line, log_in};
use crate::support::{PASSWORD, Service, wait_until};

/// Enough lines that a kill meets the import between two transactions.
const LINES: usize = 3_000;

fn lines(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| line(&format!("u{number}")))
        .collect()
}

#[test]
fn a_second_run_finishes_what_a_kill_interrupted() {
    let service = Service::start();
    let path = file(&service, "accounts.jsonl", &lines(LINES));
    let path = path.to_str().unwrap();
    let mut child = command(&service, path, &["--report", "report.jsonl"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_until(|| counts(&service).0 > 0);
    child.kill().unwrap();
    child.wait().unwrap();
    let (accounts, events) = counts(&service);
    let total = i64::try_from(LINES).unwrap();
    assert!(accounts < total, "the kill was too late");
    assert_eq!(accounts, events, "an account has its event");
    let second = import_file(&service, path, &[]);
    let before = u64::try_from(accounts).unwrap();
    let all = u64::try_from(LINES).unwrap();
    second.assert([all, all - before, before, 0]);
    assert_eq!(counts(&service), (total, total));
    assert_eq!(log_in(&service, "u2999", HASHED), 200);
    import_file(&service, path, &[]).assert([all, 0, all, 0]);
}

#[test]
fn a_service_writes_beside_an_import() {
    let service = Service::start();
    let path = file(&service, "accounts.jsonl", &lines(LINES));
    let is_over = AtomicBool::new(false);
    let (imported, signed_up) = thread::scope(|scope| {
        let signups = scope.spawn(|| {
            let mut count = 0;
            while !is_over.load(Ordering::SeqCst) {
                service.sign_up(&format!("s{count}"));
                count += 1;
            }
            count
        });
        let imported = import_file(&service, path.to_str().unwrap(), &[]);
        is_over.store(true, Ordering::SeqCst);
        (imported, signups.join().unwrap())
    });
    let all = u64::try_from(LINES).unwrap();
    imported.assert([all, all, 0, 0]);
    assert!(signed_up > 0);
}

#[test]
fn a_username_that_is_taken_meanwhile_rejects_its_line_alone() {
    let service = Service::start();
    let path = file(&service, "accounts.jsonl", &lines(LINES));
    let mut import = command(&service, path.to_str().unwrap(), &["--json"]);
    let child = import
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The check of all lines ends before the first account is created.
    wait_until(|| counts(&service).0 > 0);
    let last = format!("u{}", LINES - 1);
    let body = json!({ "username": last, "email": "other@example.com", "password": PASSWORD });
    service.post("/signup", &body).send().assert(201);
    let imported = Imported::of(child.wait_with_output().unwrap());
    let all = u64::try_from(LINES).unwrap();
    imported.assert([all, all - 1, 0, 1]);
    let expected = (all, "username".into(), "username_taken".into());
    assert_eq!(imported.rejections(), [expected]);
    assert_eq!(log_in(&service, &last, PASSWORD), 200);
}

#[test]
fn plain_passwords_of_many_lines_are_hashed() {
    let service = Service::start();
    let lines = (0..150).map(|number| {
        let name = format!("u{number}");
        let email = format!("{name}@example.com");
        let password = format!("{PASSWORD}-{number}");
        json!({ "username": name, "email": email, "password": password }).to_string()
    });
    let path = file(&service, "accounts.jsonl", &lines.collect::<Vec<_>>());
    import_file(&service, path.to_str().unwrap(), &[]).assert([150, 150, 0, 0]);
    for number in [0, 31, 32, 149] {
        let password = format!("{PASSWORD}-{number}");
        assert_eq!(log_in(&service, &format!("u{number}"), &password), 200);
    }
    assert_eq!(log_in(&service, "u1", PASSWORD), 401);
}
