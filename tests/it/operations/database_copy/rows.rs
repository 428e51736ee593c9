//! The rows of a copy.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use diesel::{
    QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
    sql_types::Text,
};

use super::{Column, Count, copy, open, url, value};
use crate::support::{Home, PostgresDatabase, Service, migrated_sqlite, wait_until};

/// One row more than a page of the copy.
const ROWS: usize = 1_001;

/// Copies a database. Returns the digests that the command printed.
#[track_caller]
fn copied(folder: &Path, from: &str, to: &str) -> Vec<String> {
    let output = copy(folder, from, to);
    assert!(output.status.success(), "{output:?}");
    let progress = String::from_utf8(output.stderr).unwrap();
    let reported = String::from_utf8(output.stdout).unwrap();
    let (last, tables) = reported
        .lines()
        .collect::<Vec<_>>()
        .split_last()
        .map_or_else(
            || panic!("nothing was reported"),
            |(last, tables)| ((*last).to_owned(), tables.to_vec()),
        );
    assert!(
        last.contains("every table was read back and verified"),
        "{last}"
    );
    assert_eq!(progress.lines().count(), 2 * tables.len(), "{progress}");
    assert!(!progress.contains(['\r', '\x1b']), "{progress}");
    tables.into_iter().map(str::to_owned).collect()
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Returns every table of the service, from the database's own list. Migrations fill the table of
/// the minimum version.
fn tables(connection: &mut SqliteConnection) -> Vec<String> {
    let query = "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name <> 'minimum_version'";
    let tables: Vec<Line> = sql_query(query).load(connection).unwrap();
    assert!(tables.len() >= 13);
    tables.into_iter().map(|table| table.line).collect()
}

fn columns(connection: &mut SqliteConnection, table: &str) -> Vec<Column> {
    let query = format!("SELECT name, type AS kind FROM pragma_table_info('{table}')");
    sql_query(query).load(connection).unwrap()
}

/// Fills every table with rows whose columns all differ.
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

/// Returns all rows of all tables, as SQLite prints them.
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
fn every_row_of_every_table_survives_a_copy_there_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let [source, second, third] = ["source.db", "second.db", "third.db"].map(path);
    fill(&source);
    let reported = copied(folder.path(), &url(&source), &url(&second));
    assert_eq!(reported.len(), tables(&mut open(&source)).len());
    assert!(
        reported.iter().all(|line| line.contains("1001 rows")),
        "{reported:?}"
    );
    assert_eq!(dump(&second), dump(&source));
    let Some(schema) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    assert_eq!(
        copied(folder.path(), &url(&source), &schema.url()),
        reported
    );
    assert_eq!(copied(folder.path(), &schema.url(), &url(&third)), reported);
    assert_eq!(dump(&third), dump(&source));
    let other = PostgresDatabase::of_run_or_skip().unwrap();
    assert_eq!(copied(folder.path(), &schema.url(), &other.url()), reported);
}

#[test]
fn sessions_survive_a_copy_there_and_back() {
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
fn a_copy_of_a_database_in_use_is_a_consistent_snapshot() {
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
            // The target would reject a session whose account is missing.
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
fn an_interrupted_copy_leaves_the_target_empty_and_can_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| -> PathBuf { folder.path().join(name) };
    let (source, target) = (path("source.db"), path("target.db"));
    fill(&source);
    // The command blocks in the middle of its work, because its progress is not read.
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
    // Once the tables exist, the lock's holder is filling them.
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
