//! Sources and targets that a copy rejects.

use std::{fs, path::Path, process::Output};

use diesel::{RunQueryDsl, connection::SimpleConnection, sql_query};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use super::{Count, copy, open, url};
use crate::support::{PostgresDatabase, Service, migrated_sqlite};

/// Asserts that the command failed with this exit code. Returns its one line.
#[track_caller]
fn refused(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let reported = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(reported.lines().count(), 1, "{reported}");
    reported
}

#[test]
fn a_target_in_use_is_rejected_and_unchanged() {
    let source = Service::start_on_a_file();
    source.sign_up("minji");
    let from = url(&source.home().file());
    let target = Service::start_on_a_file();
    let sora = target.sign_up("sora");
    let reported = refused(
        &copy(source.home().path(), &from, &url(&target.home().file())),
        1,
    );
    assert!(
        reported.contains("the target is not empty: `users`"),
        "{reported}"
    );
    target.get("/me").bearer(&sora.token).send().assert(200);
    let reported = refused(&copy(source.home().path(), &from, &from), 1);
    assert!(reported.contains("not empty"), "{reported}");
    let Some(schema) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let settings = [("DATABASE_URL", schema.url())];
    let settings = settings
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let target = Service::start_with(&settings);
    let sora = target.sign_up("sora");
    let reported = refused(&copy(source.home().path(), &from, &schema.url()), 1);
    assert!(reported.contains("the target is not empty"), "{reported}");
    target.get("/me").bearer(&sora.token).send().assert(200);
}

/// Creates a database of an earlier version, without the last migration.
fn older(path: &Path) {
    migrated_sqlite(path);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let migrations = FileBasedMigrations::from_path(folder).unwrap();
    open(path).revert_last_migration(migrations).unwrap();
}

#[test]
fn an_earlier_schema_is_rejected_as_a_source_and_unchanged_as_a_target() {
    let folder = tempfile::tempdir().unwrap();
    let [ours, earlier, target] =
        ["ours.db", "earlier.db", "target.db"].map(|name| folder.path().join(name));
    migrated_sqlite(&ours);
    older(&earlier);
    let ran = || -> i32 {
        let query = "SELECT count(*) AS count FROM __diesel_schema_migrations";
        let count: Count = sql_query(query).get_result(&mut open(&earlier)).unwrap();
        count.count
    };
    let before = ran();
    let reported = refused(&copy(folder.path(), &url(&earlier), &url(&target)), 1);
    assert!(
        reported.contains("run `daemun migrate` on it first"),
        "{reported}"
    );
    assert!(tables_of_none(&target));
    let row = "INSERT INTO secrets VALUES ('other', x'00', 1)";
    open(&earlier).batch_execute(row).unwrap();
    let reported = refused(&copy(folder.path(), &url(&ours), &url(&earlier)), 1);
    assert!(reported.contains("not empty: `secrets`"), "{reported}");
    assert_eq!(ran(), before, "no migration ran");
    // A schema of a later version.
    let row = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231235959')";
    open(&ours).batch_execute(row).unwrap();
    let reported = refused(&copy(folder.path(), &url(&ours), &url(&target)), 1);
    assert!(reported.contains("newer than this version"), "{reported}");
}

fn tables_of_none(path: &Path) -> bool {
    let query = "SELECT count(*) AS count FROM sqlite_master";
    let count: Count = sql_query(query).get_result(&mut open(path)).unwrap();
    count.count == 0
}

#[test]
fn a_source_that_is_no_database_is_rejected_before_any_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let reported = refused(
        &copy(
            folder.path(),
            &url(&path("none.db")),
            &url(&path("target.db")),
        ),
        1,
    );
    assert!(reported.contains("there is no database at /"), "{reported}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    fs::write(path("empty.db"), "").unwrap();
    let reported = refused(
        &copy(
            folder.path(),
            &url(&path("empty.db")),
            &url(&path("target.db")),
        ),
        1,
    );
    assert!(
        reported.contains("is no database of this service"),
        "{reported}"
    );
    fs::write(path("text.db"), "text".repeat(4096)).unwrap();
    let reported = refused(
        &copy(
            folder.path(),
            &url(&path("text.db")),
            &url(&path("target.db")),
        ),
        1,
    );
    assert!(reported.contains("the source: "), "{reported}");
}

#[test]
fn no_password_of_a_url_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("source.db");
    migrated_sqlite(&path);
    let secret = folder.path().join("secret");
    fs::write(&secret, "postgres://minji:hunter2@127.0.0.1:1/none\n").unwrap();
    let cases: [(&[&str], i32); 5] = [
        (&["--to", "mysql://minji:hunter2@example.com/x"], 2),
        (&["--to", "postgres://minji:hunter2@127.0.0.1:1/none"], 1),
        (&["--to", "postgres://minji:hunter2@[::1/none"], 1),
        (&["--to-file", secret.to_str().unwrap()], 1),
        (&["--to-file", "nowhere"], 2),
    ];
    for (arguments, code) in cases {
        let output = Service::command_in(folder.path(), &[])
            .args(["database", "copy", "--from", &url(&path)])
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        let reported = String::from_utf8(output.stderr).unwrap();
        assert!(reported.starts_with("daemun: "), "{reported}");
        assert!(!reported.contains("hunter2"), "{reported}");
    }
}
