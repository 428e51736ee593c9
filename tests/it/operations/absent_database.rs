//! Commands in a wrong folder or with a wrong URL fail and create nothing. Only `serve` and
//! `migrate` create a database.

use std::{fs, process::Output};

use crate::support::{Home, Service};

const COMMANDS: [&[&str]; 7] = [
    &["user", "list"],
    &["user", "create", "minji", "minji@example.com"],
    &["user", "unlock", "minji"],
    &["key", "list"],
    &["key", "create", "billing"],
    &["key", "rotate"],
    &["database", "backup", "backup.db"],
];

/// Returns the one line on stderr of a failed command.
#[track_caller]
fn failure(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let reported = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(reported.lines().count(), 1, "{reported}");
    reported
}

#[test]
fn a_missing_sqlite_file_is_not_created() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let copy = [
        "database",
        "copy",
        "--from",
        "sqlite://data/daemun.db",
        "--to",
        "sqlite://to.db",
    ];
    for arguments in COMMANDS.iter().copied().chain([&copy[..]]) {
        let mut command = Service::command_in(&root, &[]);
        let reported = failure(&command.args(arguments).output().unwrap());
        let expected = format!("there is no database at {}/data/daemun.db", root.display());
        assert!(reported.contains(&expected), "{arguments:?}: {reported}");
        let left = fs::read_dir(&root).unwrap().count();
        assert_eq!(left, 0, "{arguments:?}");
    }
    let mut command = Service::command_in(&root, &[]);
    let reported = failure(&command.args(COMMANDS[0]).output().unwrap());
    assert!(reported.contains("`daemun migrate`"), "{reported}");
}

#[test]
fn a_database_without_tables_stays_empty() {
    let home = Home::new();
    if home.postgres_url().is_none() {
        fs::create_dir(home.path().join("data")).unwrap();
        fs::write(home.file(), "").unwrap();
    }
    let (tables, backup) = COMMANDS.split_at(COMMANDS.len() - 1);
    assert_eq!(
        backup[0][1], "backup",
        "a copy of an empty database does no harm"
    );
    for arguments in tables {
        let mut command = Service::command_at(&home, &[]);
        let reported = failure(&command.args(*arguments).output().unwrap());
        assert!(
            reported.contains("the database has no tables of this service"),
            "{reported}"
        );
    }
    let mut command = Service::command_at(&home, &[]);
    let migrated = command.arg("migrate").output().unwrap();
    assert!(migrated.status.success(), "{migrated:?}");
    let mut command = Service::command_at(&home, &[]);
    let listed = command.args(["user", "list"]).output().unwrap();
    assert!(listed.status.success(), "{listed:?}");
}
