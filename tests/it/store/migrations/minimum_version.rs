//! The oldest release that may use a database.

use std::{process::Command, sync::Arc};

use crate::support::{Home, Service};

/// Runs a command, which must fail with one line. Returns the line.
#[track_caller]
fn refused(mut command: Command, arguments: &[&str]) -> String {
    let output = command.args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(line.lines().count(), 1, "{arguments:?}: {line}");
    line
}

/// Creates a database that needs this release.
fn database_of(minimum: &str) -> Arc<Home> {
    let home = Home::new();
    home.db().migrate().unwrap();
    let row = format!("INSERT INTO minimum_version (version) VALUES ('{minimum}')");
    home.sql().run(&row);
    home
}

#[test]
fn every_command_refuses_a_database_of_later_releases() {
    let home = database_of("0.10.0");
    for arguments in [
        &["serve"][..],
        &["migrate"],
        &["user", "list"],
        &["key", "list"],
        &["invite", "list"],
    ] {
        let line = refused(Service::command_at(&home, &[]), arguments);
        let own = env!("CARGO_PKG_VERSION");
        let expected = format!(
            "daemun: the database needs daemun 0.10.0 or later, and this is daemun {own}\n"
        );
        assert_eq!(line, expected, "{arguments:?}");
    }
}

#[test]
fn copy_refuses_either_side_of_later_releases() {
    let (later, empty) = (database_of("1.0.0"), Home::new());
    let copy = |from: &Home, to: &Home| {
        let urls = ["--from", &from.url(), "--to", &to.url()];
        let command = Service::command_at(&empty, &[]);
        refused(command, &[&["database", "copy"], &urls[..]].concat())
    };
    assert!(
        copy(&later, &empty).starts_with("daemun: the source: the database needs daemun 1.0.0")
    );
    let source = Home::new();
    source.db().migrate().unwrap();
    assert!(
        copy(&source, &later).starts_with("daemun: the target: the database needs daemun 1.0.0")
    );
}

#[test]
fn backup_refuses_a_sqlite_database_of_later_releases() {
    let home = Home::on_a_file();
    home.db().migrate().unwrap();
    home.sql()
        .run("UPDATE minimum_version SET version = '1.0.0'");
    let command = Service::command_at(&home, &[]);
    let line = refused(command, &["database", "backup", "backup.db"]);
    assert!(line.contains("needs daemun 1.0.0 or later"), "{line}");
    assert!(!home.path().join("backup.db").exists());
}

#[test]
fn database_of_this_or_an_earlier_release_is_accepted() {
    for minimum in ["0.1.9", env!("CARGO_PKG_VERSION")] {
        let home = Home::new();
        home.db().migrate().unwrap();
        let row = format!("UPDATE minimum_version SET version = '{minimum}'");
        home.sql().run(&row);
        assert!(Service::try_start_in(&home, &[]).is_ok(), "{minimum}");
    }
}
