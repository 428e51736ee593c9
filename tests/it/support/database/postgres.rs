//! Databases on the PostgreSQL server of a run, one per test.

use std::{
    env, process,
    sync::atomic::{AtomicU32, Ordering},
};

use diesel::{Connection, PgConnection, connection::SimpleConnection};

use crate::support::or_skip;

/// The variable that names a server on which databases may be created. With the variable, tests run
/// on PostgreSQL unless they are about a file.
const VARIABLE: &str = "TEST_POSTGRES_URL";

#[expect(clippy::disallowed_methods, reason = "tests have no other settings")]
fn server_of_run() -> Option<String> {
    env::var(VARIABLE).ok()
}

/// Returns whether the run is on PostgreSQL. If it is not, the running test is skipped.
pub fn is_run_on_postgres_or_skip() -> bool {
    let reason = "it is about PostgreSQL: run `tests/postgres/run cargo test`, or name a server in \
                  TEST_POSTGRES_URL";
    or_skip(server_of_run().is_some(), reason)
}

/// A database of one test, which is dropped with this value.
#[derive(Debug)]
pub struct PostgresDatabase {
    server: String,
    name: String,
}

impl PostgresDatabase {
    /// Creates an empty database if the run is on PostgreSQL.
    pub fn of_run() -> Option<Self> {
        server_of_run().map(|server| Self::on(&server))
    }

    /// Creates an empty database. Skips the test unless the run is on PostgreSQL.
    pub fn of_run_or_skip() -> Option<Self> {
        is_run_on_postgres_or_skip().then(Self::of_run).flatten()
    }

    /// Creates an empty database on this server.
    pub fn on(server: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let database = Self {
            server: server.to_owned(),
            name: format!("daemun_test_{}_{count}", process::id()),
        };
        database.ask_server(&format!("CREATE DATABASE {}", database.name));
        database
    }

    /// Returns the `DATABASE_URL` of the database.
    pub fn url(&self) -> String {
        let (server, settings) = self.server.split_once('?').unwrap_or((&self.server, ""));
        let (server, _) = server.rsplit_once('/').expect("the URL names a database");
        format!("{server}/{}?{settings}", self.name)
    }

    /// Rejects new connections and ends the present ones.
    pub fn hide(&self) {
        let name = &self.name;
        self.ask_server(&format!(
            "ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"
        ));
        self.cut_connections();
    }

    /// Accepts connections again.
    pub fn show(&self) {
        let name = &self.name;
        self.ask_server(&format!(
            "ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true"
        ));
    }

    /// Ends every connection, like an operator or a failing network.
    pub fn cut_connections(&self) {
        let name = &self.name;
        self.ask_server(&format!(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
        ));
    }

    fn ask_server(&self, statement: &str) {
        let mut connection = PgConnection::establish(&self.server).unwrap();
        connection.batch_execute(statement).unwrap();
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        self.ask_server(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}
