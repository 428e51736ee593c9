//! Migrations up and down, and the rows that they keep.

mod columns;
mod minimum_version;
mod upgrade;

use std::{collections::BTreeSet, error::Error, fs, path::Path};

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    migration::{MigrationSource, MigrationVersion},
    sql_query,
    sql_types::Text,
};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::support::{Home, PostgresDatabase, at_once};
use columns::COLUMNS;

fn folder(database: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(database)
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |database| -> BTreeSet<String> {
        let entries = fs::read_dir(folder(database)).unwrap();
        let names: BTreeSet<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert!(!names.is_empty());
        for name in &names {
            for direction in ["up.sql", "down.sql"] {
                let text = fs::read_to_string(folder(database).join(name).join(direction)).unwrap();
                assert!(
                    text.contains(';'),
                    "{database}/{name}/{direction} does nothing"
                );
            }
        }
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn sqlite_migrates_up_down_and_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("daemun.db");
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    migrates_up_down_and_up(&mut connection, "sqlite", |connection| {
        tables(
            connection,
            "SELECT name FROM sqlite_master WHERE type = 'table'",
        )
    });
}

#[test]
fn postgresql_migrates_up_down_and_up_again() {
    let Some(database) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let mut connection = PgConnection::establish(&database.url()).unwrap();
    migrates_up_down_and_up(&mut connection, "postgres", |connection| {
        tables(
            connection,
            "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()",
        )
    });
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

fn tables<C>(connection: &mut C, query: &str) -> Vec<String>
where
    C: Connection,
    diesel::query_builder::SqlQuery: for<'q> diesel::query_dsl::LoadQuery<'q, C, Named>,
{
    let tables: Vec<Named> = sql_query(query).load(connection).unwrap();
    let mut names: Vec<_> = tables.into_iter().map(|table| table.name).collect();
    names.retain(|name| name != "__diesel_schema_migrations");
    names.sort();
    names
}

fn ran(outcome: Result<Vec<MigrationVersion<'_>>, Box<dyn Error + Send + Sync>>) -> usize {
    outcome.unwrap().len()
}

fn migrates_up_down_and_up<C>(
    connection: &mut C,
    database: &str,
    tables: impl Fn(&mut C) -> Vec<String>,
) where
    C: Connection + MigrationHarness<<C as Connection>::Backend>,
    FileBasedMigrations: MigrationSource<<C as Connection>::Backend>,
    diesel::query_builder::SqlQuery:
        diesel::query_dsl::methods::ExecuteDsl<C, <C as Connection>::Backend>,
{
    let migrations = || FileBasedMigrations::from_path(folder(database)).unwrap();
    for _round in 0..2 {
        let up = ran(connection.run_pending_migrations(migrations()));
        assert!(up > 0);
        assert_eq!(ran(connection.run_pending_migrations(migrations())), 0);
        let mut known = COLUMNS.map(|(table, _)| table.to_owned());
        known.sort();
        assert_eq!(tables(connection), known);
        for (table, columns) in COLUMNS {
            sql_query(format!("SELECT {columns} FROM {table}"))
                .execute(connection)
                .unwrap();
        }
        assert_eq!(ran(connection.revert_all_migrations(migrations())), up);
        assert!(tables(connection).is_empty(), "what went up came down");
    }
}

#[test]
fn sqlite_migrations_keep_waiting_mail_requests() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("daemun.db");
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    keeps_requests_for_mail(&mut connection, "sqlite");
}

#[test]
fn postgresql_migrations_keep_waiting_mail_requests() {
    let Some(database) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let mut connection = PgConnection::establish(&database.url()).unwrap();
    keeps_requests_for_mail(&mut connection, "postgres");
}

/// The release before the table `mail_requests` stored requests in the outbox.
fn keeps_requests_for_mail<C>(connection: &mut C, database: &str)
where
    C: Connection + MigrationHarness<<C as Connection>::Backend>,
    FileBasedMigrations: MigrationSource<<C as Connection>::Backend>,
    diesel::query_builder::SqlQuery: diesel::query_dsl::methods::ExecuteDsl<C, <C as Connection>::Backend>
        + for<'q> diesel::query_dsl::LoadQuery<'q, C, Named>,
{
    let migrations = || FileBasedMigrations::from_path(folder(database)).unwrap();
    ran(connection.run_pending_migrations(migrations()));
    let has_table = |connection: &mut C| {
        let query = sql_query("SELECT 1 FROM mail_requests");
        query.execute(connection).is_ok()
    };
    while has_table(connection) {
        connection.revert_last_migration(migrations()).unwrap();
    }
    for (id, kind, state) in [
        ("1", "reset_requested", "waiting"),
        ("2", "reset_requested", "waiting"),
        ("3", "verification_requested", "waiting"),
        ("4", "reset_requested", "answered"),
        ("5", "verify_email", "waiting"),
    ] {
        let row = format!(
            "INSERT INTO outbox VALUES ('{id}', '{kind}', 'Ann@example.com', 'ko', '', '{{}}', '{state}', 0, 1, 2, 1)"
        );
        sql_query(row).execute(connection).unwrap();
    }
    ran(connection.run_pending_migrations(migrations()));
    let rows = "SELECT id || kind || mailbox || language || expires_at AS name FROM mail_requests";
    assert_eq!(
        tables(connection, rows),
        [
            "1reset_passwordann@example.comko2",
            "3verify_emailann@example.comko2"
        ]
    );
}

#[test]
fn concurrent_migrations_of_postgresql_run_once() {
    let Some(database) = PostgresDatabase::of_run_or_skip() else {
        return;
    };
    let home = Home::of(database);
    let migrate = || home.db().migrate().unwrap().migrations;
    let ran: usize = at_once([migrate; 6]).into_iter().sum();
    assert_eq!(ran, fs::read_dir(folder("postgres")).unwrap().count());
}
