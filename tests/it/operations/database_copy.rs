//! `daemun database copy`: everything moves to another database, whole or not at all.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Output, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    sql_query,
    sql_types::{Integer, Text},
};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::support::{Home, PostgresDatabase, Service, migrated_sqlite, wait_until};

/// One more than a page of a copy has.
const ROWS: usize = 1_001;

/// Columns that hold no other numbers than 0 and 1.
const SWITCHES: [&str; 3] = ["email_verified", "disabled", "remembered"];

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

fn copy(folder: &Path, from: &str, to: &str) -> Output {
    Service::command_in(folder, &[])
        .args(["database", "copy", "--from", from, "--to", to])
        .output()
        .unwrap()
}

/// The digests that a successful copy printed.
#[track_caller]
fn copied(folder: &Path, from: &str, to: &str) -> Vec<String> {
    let output = copy(folder, from, to);
    assert!(output.status.success(), "{output:?}");
    let progress = String::from_utf8(output.stderr).unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let (last, tables) = told.lines().collect::<Vec<_>>().split_last().map_or_else(
        || panic!("nothing was told"),
        |(last, tables)| ((*last).to_owned(), tables.to_vec()),
    );
    assert!(
        last.contains("read back, every table is the same"),
        "{last}"
    );
    assert_eq!(progress.lines().count(), 2 * tables.len(), "{progress}");
    assert!(!progress.contains(['\r', '\x1b']), "{progress}");
    tables.into_iter().map(str::to_owned).collect()
}

/// The one line with which it was refused.
#[track_caller]
fn refused(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(told.lines().count(), 1, "{told}");
    told
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Integer)]
    count: i32,
}

fn open(path: &Path) -> SqliteConnection {
    SqliteConnection::establish(path.to_str().unwrap()).unwrap()
}

/// Every table of ours, as the database itself lists them.
fn tables(connection: &mut SqliteConnection) -> Vec<String> {
    let query = "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'";
    let tables: Vec<Line> = sql_query(query).load(connection).unwrap();
    assert!(tables.len() >= 13);
    tables.into_iter().map(|table| table.line).collect()
}

fn columns(connection: &mut SqliteConnection, table: &str) -> Vec<Column> {
    let query = format!("SELECT name, type AS kind FROM pragma_table_info('{table}')");
    sql_query(query).load(connection).unwrap()
}

/// Fills every table that there is with rows of which no two columns are alike.
fn fill(path: &Path) {
    migrated_sqlite(path);
    let mut connection = open(path);
    for table in tables(&mut connection) {
        let columns = columns(&mut connection, &table);
        let values: Vec<_> = columns.iter().map(|column| value(&table, column)).collect();
        let statement = format!(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {ROWS}) INSERT INTO {table} SELECT {} FROM n",
            values.join(", ")
        );
        connection.batch_execute(&statement).unwrap();
    }
}

/// A value for row `n`, in SQL.
fn value(table: &str, Column { name, kind }: &Column) -> String {
    if SWITCHES.contains(&name.as_str()) {
        return String::from("n % 2");
    }
    let is_user = name == "user_id" || (table, name.as_str()) == ("users", "id");
    let seed = if is_user { "user" } else { name };
    match kind.as_str() {
        // Letters of both cases and a hyphen: bytes and collations put them in different orders.
        "TEXT" => format!("CASE n % 2 WHEN 0 THEN 'a-' ELSE 'B' END || '{seed}-민지-' || n"),
        "BLOB" => format!("CAST('{seed}' || n || x'00ff' AS BLOB)"),
        "INTEGER" => format!("9007199254740993 + n * 1000 + {}", name.len()),
        other => panic!("{table}.{name} is {other}, which no copy knows"),
    }
}

/// All rows of all tables as SQLite spells them.
fn dump(path: &Path) -> Vec<String> {
    let mut connection = open(path);
    let mut dump = Vec::new();
    for table in tables(&mut connection) {
        let columns = columns(&mut connection, &table);
        let columns: Vec<_> = columns
            .iter()
            .map(|column| format!("quote({})", column.name))
            .collect();
        let query = format!(
            "SELECT '{table} ' || {} AS line FROM {table} ORDER BY line",
            columns.join(" || ' ' || ")
        );
        let rows: Vec<Line> = sql_query(query).load(&mut connection).unwrap();
        assert_eq!(rows.len(), ROWS, "{table}");
        dump.extend(rows.into_iter().map(|row| row.line));
    }
    dump
}

#[test]
fn every_row_of_every_table_arrives_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let [source, second, third] = ["source.db", "second.db", "third.db"].map(path);
    fill(&source);
    let told = copied(folder.path(), &url(&source), &url(&second));
    assert_eq!(told.len(), tables(&mut open(&source)).len());
    assert!(
        told.iter().all(|line| line.contains("1001 rows")),
        "{told:?}"
    );
    assert_eq!(dump(&second), dump(&source));
    let Some(schema) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    assert_eq!(copied(folder.path(), &url(&source), &schema.url()), told);
    assert_eq!(copied(folder.path(), &schema.url(), &url(&third)), told);
    assert_eq!(dump(&third), dump(&source));
    let other = PostgresDatabase::of_run_or_skip().unwrap();
    assert_eq!(copied(folder.path(), &schema.url(), &other.url()), told);
}

#[test]
fn sessions_survive_the_move_there_and_back() {
    let schema = PostgresDatabase::of_run_or_skip();
    let server = schema.as_ref().map(PostgresDatabase::url);
    let folder = Home::on_a_file();
    let path = |name: &str| url(&folder.path().join(name));
    let there = server.unwrap_or_else(|| path("there.db"));
    let mut service = Service::try_start_in(&folder, &[]).unwrap();
    let minji = service.sign_up("minji");
    service.stop();
    let mut at = url(&service.home().file());
    for next in [there, path("back.db")] {
        copied(folder.path(), &at, &next);
        let mut service = Service::try_start_in(&folder, &[("DATABASE_URL", &next)]).unwrap();
        let me = service.get("/me").cookie(&minji.token).send().assert(200);
        assert_eq!(me.json["id"], minji.id);
        service.log_in("minji");
        service.stop();
        at = next;
    }
}

#[test]
fn a_copy_of_a_database_in_use_is_of_one_moment() {
    let service = Service::start_on_a_file();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut number = 0;
            while !is_over.load(Ordering::Relaxed) {
                service.sign_up(&format!("person{number}"));
                number += 1;
            }
        });
        for round in 0..5 {
            let target = service.home().path().join(format!("{round}.db"));
            // A session whose account came later would be refused there.
            copied(
                service.home().path(),
                &url(&service.home().file()),
                &url(&target),
            );
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_target_in_use_is_refused_and_left_alone() {
    let source = Service::start_on_a_file();
    source.sign_up("minji");
    let from = url(&source.home().file());
    let target = Service::start_on_a_file();
    let sora = target.sign_up("sora");
    let told = refused(
        &copy(source.home().path(), &from, &url(&target.home().file())),
        1,
    );
    assert!(told.contains("the target is not empty: `users`"), "{told}");
    target.get("/me").bearer(&sora.token).send().assert(200);
    let told = refused(&copy(source.home().path(), &from, &from), 1);
    assert!(told.contains("not empty"), "{told}");
    let Some(schema) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let settings = [("DATABASE_URL", schema.url())];
    let settings = settings
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let target = Service::start_with(&settings);
    let sora = target.sign_up("sora");
    let told = refused(&copy(source.home().path(), &from, &schema.url()), 1);
    assert!(told.contains("the target is not empty"), "{told}");
    target.get("/me").bearer(&sora.token).send().assert(200);
}

/// A database of an earlier version, without what the last migration brought.
fn older(path: &Path) {
    migrated_sqlite(path);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let migrations = FileBasedMigrations::from_path(folder).unwrap();
    open(path).revert_last_migration(migrations).unwrap();
}

#[test]
fn an_earlier_schema_is_refused_as_a_source_and_not_touched_as_a_target_in_use() {
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
    let told = refused(&copy(folder.path(), &url(&earlier), &url(&target)), 1);
    assert!(told.contains("run `daemun migrate` on it first"), "{told}");
    assert!(tables_of_none(&target));
    let row = "INSERT INTO secrets VALUES ('other', x'00', 1)";
    open(&earlier).batch_execute(row).unwrap();
    let told = refused(&copy(folder.path(), &url(&ours), &url(&earlier)), 1);
    assert!(told.contains("not empty: `secrets`"), "{told}");
    assert_eq!(ran(), before, "no migration ran");
    // A later version's.
    let row = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231235959')";
    open(&ours).batch_execute(row).unwrap();
    let told = refused(&copy(folder.path(), &url(&ours), &url(&target)), 1);
    assert!(told.contains("newer than this version"), "{told}");
}

fn tables_of_none(path: &Path) -> bool {
    let query = "SELECT count(*) AS count FROM sqlite_master";
    let count: Count = sql_query(query).get_result(&mut open(path)).unwrap();
    count.count == 0
}

#[test]
fn what_is_no_database_is_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let told = refused(
        &copy(
            folder.path(),
            &url(&path("none.db")),
            &url(&path("target.db")),
        ),
        1,
    );
    assert!(told.contains("there is no database at /"), "{told}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    fs::write(path("empty.db"), "").unwrap();
    let told = refused(
        &copy(
            folder.path(),
            &url(&path("empty.db")),
            &url(&path("target.db")),
        ),
        1,
    );
    assert!(told.contains("is no database of this service"), "{told}");
    fs::write(path("text.db"), "text".repeat(4096)).unwrap();
    let told = refused(
        &copy(
            folder.path(),
            &url(&path("text.db")),
            &url(&path("target.db")),
        ),
        1,
    );
    assert!(told.contains("the source: "), "{told}");
}

#[test]
fn no_password_of_a_url_is_ever_told() {
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
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.starts_with("daemun: "), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn an_interrupted_copy_leaves_the_target_empty_and_can_be_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| -> PathBuf { folder.path().join(name) };
    let (source, target) = (path("source.db"), path("target.db"));
    fill(&source);
    // With nowhere to tell how far it is, it waits in the midst of its work.
    let (_unread, mut full) = io::pipe().unwrap();
    full.write_all(&vec![0; 65_536]).unwrap();
    let mut child = Service::command_in(folder.path(), &[])
        .args([
            "database",
            "copy",
            "--from",
            &url(&source),
            "--to",
            &url(&target),
        ])
        .stdout(Stdio::null())
        .stderr(full)
        .spawn()
        .unwrap();
    // Once the tables are there, who holds the lock is filling them.
    wait_until(|| {
        let query = "SELECT count(*) AS count FROM sqlite_master WHERE name = 'signing_keys'";
        target.exists() && {
            let mut other = open(&target);
            let table: Result<Count, _> = sql_query(query).get_result(&mut other);
            table.is_ok_and(|table| table.count == 1)
                && other
                    .batch_execute("BEGIN IMMEDIATE; ROLLBACK")
                    .is_err_and(|error| error.to_string().contains("locked"))
        }
    });
    child.kill().unwrap();
    child.wait().unwrap();
    for table in tables(&mut open(&target)) {
        let query = format!("SELECT count(*) AS count FROM {table}");
        let rows: Count = sql_query(query).get_result(&mut open(&target)).unwrap();
        assert_eq!(rows.count, 0, "{table}");
    }
    copied(folder.path(), &url(&source), &url(&target));
    assert_eq!(dump(&target), dump(&source));
}
