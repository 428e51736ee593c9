//! The deletion of accounts, and its question.

use super::{after_the_database, done, log_in, refused, user};
use crate::support::{PASSWORD, Service};

#[test]
fn deleting_an_account_frees_its_name() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    let reported = done(&service, &["delete", "minji", "--yes"], "");
    assert_eq!(reported, "deleted minji\n");
    service.get("/me").bearer(&minji.token).send().assert(401);
    assert_eq!(log_in(&service, "minji", PASSWORD), 401);
    let again = service.sign_up("minji");
    assert_ne!(again.id, minji.id);
}

#[test]
fn a_deletion_is_confirmed_by_yes_alone() {
    let service = Service::start();
    let minji = service.sign_up("minji");
    for answer in ["", "\n", "n\n", "no\n", "minji\n", "yesterday\n", "--yes\n"] {
        let output = user(&service, &["delete", "MINJI"], answer);
        assert_eq!(output.status.code(), Some(1), "{answer:?}: {output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        let reported = after_the_database(output.stderr);
        let question = "Delete minji (minji@example.com) and all its data? [y/N] ";
        assert!(reported.starts_with(question), "{reported}");
        assert!(reported.contains("nothing was deleted"), "{reported}");
        service.get("/me").bearer(&minji.token).send().assert(200);
    }
    for (name, answer) in [("minji", "y\n"), ("jisoo", "YES\r\n")] {
        if name == "jisoo" {
            service.sign_up(name);
        }
        let output = user(&service, &["delete", name], answer);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(output.stdout, format!("deleted {name}\n").as_bytes());
        assert_eq!(log_in(&service, name, PASSWORD), 401);
    }
}

#[test]
fn an_unknown_account_is_reported_without_a_question() {
    let service = Service::start();
    let line = refused(&service, &["delete", "absent"], "y\n");
    assert_eq!(line, "no account has this username or email");
}
