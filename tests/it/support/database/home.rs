//! Where the services of a test live: a folder, and a database of the kind that the run is about.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use daemun::store::{Database, Db, PostgresSettings};
use tempfile::TempDir;

use super::{PostgresDatabase, Sql};
use crate::support::mail::Mailbox;

/// A folder that goes with this value, and a database.
pub struct Home {
    folder: TempDir,
    database: Kind,
}

enum Kind {
    /// In the folder.
    File,
    /// That goes with this value too.
    Postgres(PostgresDatabase),
    /// That somebody else takes care of.
    Named(String),
}

impl Home {
    /// With an empty database, on PostgreSQL where the run is.
    pub fn new() -> Arc<Self> {
        Self::with(PostgresDatabase::of_run().map_or(Kind::File, Kind::Postgres))
    }

    /// With this database.
    pub fn of(database: PostgresDatabase) -> Arc<Self> {
        Self::with(Kind::Postgres(database))
    }

    /// With the database of this URL.
    pub fn at(url: &str) -> Arc<Self> {
        Self::with(Kind::Named(url.to_owned()))
    }

    /// With a file, whatever the run is about: for tests of what only a file has.
    pub fn on_a_file() -> Arc<Self> {
        Self::with(Kind::File)
    }

    fn with(database: Kind) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        Arc::new(Self { folder, database })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What `DATABASE_URL` names its database by.
    pub fn url(&self) -> String {
        self.postgres_url()
            .unwrap_or_else(|| format!("sqlite://{}", self.file().display()))
    }

    /// The same where it is on PostgreSQL.
    pub fn postgres_url(&self) -> Option<String> {
        match &self.database {
            Kind::File => None,
            Kind::Postgres(database) => Some(database.url()),
            Kind::Named(url) => Some(url.clone()),
        }
    }

    /// The database file.
    pub fn file(&self) -> PathBuf {
        self.path().join("data/daemun.db")
    }

    /// Its database as the service opens it.
    pub fn db(&self) -> Db {
        let database = match self.postgres_url() {
            None => Database::Sqlite(self.file()),
            Some(url) => Database::Postgres(PostgresSettings {
                url: url.into(),
                pool: 8,
                statement_timeout: Duration::from_secs(10),
                has_pooler: false,
            }),
        };
        Db::open(&database).unwrap()
    }

    /// Its database as a stranger opens it.
    pub fn sql(&self) -> Sql {
        Sql::open(&self.url())
    }

    /// What stands in the mails that wait, once a service is running.
    pub fn mailbox(&self) -> Mailbox {
        Mailbox::of(self.db(), self.sql())
    }

    /// Takes the database away from everybody.
    pub fn hide_database(&self) {
        match &self.database {
            Kind::File => fs::rename(self.file(), self.hidden()).unwrap(),
            Kind::Postgres(database) => database.hide(),
            Kind::Named(_) => panic!("it is not this home's to hide"),
        }
    }

    /// Gives it back.
    pub fn show_database(&self) {
        match &self.database {
            Kind::File => fs::rename(self.hidden(), self.file()).unwrap(),
            Kind::Postgres(database) => database.show(),
            Kind::Named(_) => panic!("it is not this home's to show"),
        }
    }

    /// Ends every connection to the database, which is PostgreSQL's.
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
