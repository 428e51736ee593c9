//! The home of a test's services: a folder, and a database of the run's kind.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use daemun::store::{DatabaseSettings, Db, PostgresSettings};
use tempfile::TempDir;

use super::{PostgresDatabase, Sql};
use crate::support::mail::Mailbox;

/// A folder that is removed with this value, and a database.
pub struct Home {
    folder: TempDir,
    database: Kind,
}

enum Kind {
    /// A SQLite file in the folder.
    File,
    /// A database that is dropped with this value.
    Postgres(PostgresDatabase),
    /// A database that another owner drops.
    Named(String),
}

impl Home {
    /// Creates a home with an empty database of the run's kind.
    pub fn new() -> Arc<Self> {
        Self::with(PostgresDatabase::of_run().map_or(Kind::File, Kind::Postgres))
    }

    /// Creates a home with this database.
    pub fn of(database: PostgresDatabase) -> Arc<Self> {
        Self::with(Kind::Postgres(database))
    }

    /// Creates a home with the database of this URL.
    pub fn at(url: &str) -> Arc<Self> {
        Self::with(Kind::Named(url.to_owned()))
    }

    /// Creates a home with a SQLite file, for tests that are about files.
    pub fn on_a_file() -> Arc<Self> {
        Self::with(Kind::File)
    }

    fn with(database: Kind) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        Arc::new(Self { folder, database })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the `DATABASE_URL` of its database.
    pub fn url(&self) -> String {
        self.postgres_url()
            .unwrap_or_else(|| format!("sqlite://{}", self.file().display()))
    }

    /// Returns the `DATABASE_URL` if the database is on PostgreSQL.
    pub fn postgres_url(&self) -> Option<String> {
        match &self.database {
            Kind::File => None,
            Kind::Postgres(database) => Some(database.url()),
            Kind::Named(url) => Some(url.clone()),
        }
    }

    /// Returns the path of the database file.
    pub fn file(&self) -> PathBuf {
        self.path().join("data/daemun.db")
    }

    /// Opens the database as the service does.
    pub fn db(&self) -> Db {
        let database = match self.postgres_url() {
            None => DatabaseSettings::Sqlite(self.file()),
            Some(url) => DatabaseSettings::Postgres(PostgresSettings {
                url: url.into(),
                pool: 8,
                statement_timeout: Duration::from_secs(10),
                has_pooler: false,
            }),
        };
        Db::open(&database).unwrap()
    }

    /// Opens a test's own connection to the database.
    pub fn sql(&self) -> Sql {
        Sql::open(&self.url())
    }

    /// Returns the contents of waiting mails. A service must be running.
    pub fn mailbox(&self) -> Mailbox {
        Mailbox::of(self.db(), self.sql())
    }

    /// Makes the database unavailable.
    pub fn hide_database(&self) {
        match &self.database {
            Kind::File => fs::rename(self.file(), self.hidden()).unwrap(),
            Kind::Postgres(database) => database.hide(),
            Kind::Named(_) => panic!("it is not this home's to hide"),
        }
    }

    /// Makes the database available again.
    pub fn show_database(&self) {
        match &self.database {
            Kind::File => fs::rename(self.hidden(), self.file()).unwrap(),
            Kind::Postgres(database) => database.show(),
            Kind::Named(_) => panic!("it is not this home's to show"),
        }
    }

    /// Ends every connection to a PostgreSQL database.
    pub fn cut_connections(&self) {
        match &self.database {
            Kind::Postgres(database) => database.cut_connections(),
            Kind::File | Kind::Named(_) => panic!("there are no connections to cut"),
        }
    }

    fn hidden(&self) -> PathBuf {
        self.path().join("away.db")
    }
}
