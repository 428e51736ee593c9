//! The database of the composition root: opened as the settings have it, waited for, and brought up to date; it must not know what is
//! kept there.

use std::{
    path, thread,
    time::{Duration, Instant},
};

use super::error::StartError;
use crate::{
    config::{Config, DatabaseUrl},
    store::{Database, Db, PostgresSettings, StoreError},
};

/// Pause between two looks for a database that is waited for.
const DATABASE_PAUSE: Duration = Duration::from_millis(500);

/// Opens the database, creates it if there is none, and runs pending migrations.
pub fn database(config: &Config) -> Result<Db, StartError> {
    migrated(config, Db::migrate).map_err(StartError::from)
}

/// Opens the database and runs pending migrations. In a wrong folder or with a wrong URL it creates nothing.
pub fn existing_database(config: &Config) -> Result<Db, StartError> {
    check_exists(&config.database.url)
        .and_then(|()| migrated(config, Db::migrate_existing))
        .map_err(StartError::from)
}

/// Fails where a SQLite file would be created if it were opened.
pub(super) fn check_exists(url: &DatabaseUrl) -> Result<(), StoreError> {
    match url {
        DatabaseUrl::Sqlite(path) if !path.exists() => {
            let path = path::absolute(path).unwrap_or_else(|_unnamed| path.clone());
            let path = path.display();
            Err(StoreError::Absent(format!(
                "there is no database at {path}"
            )))
        }
        DatabaseUrl::Sqlite(_) | DatabaseUrl::Postgres(_) => Ok(()),
    }
}

fn migrated(config: &Config, migrate: Migrate) -> Result<Db, StoreError> {
    let db = open(
        &config.database.url,
        config.database.pool,
        config.database.timeout,
        config.database.has_pooler,
    )?;
    let migrations = in_time(config.database.wait, || migrate(&db))?;
    if migrations > 0 {
        tracing::info!(
            event = "database.migrated",
            migrations,
            "the database was brought up to date"
        );
    }
    Ok(db)
}

/// Opens a database as it is; a SQLite file that is not there is made.
pub(super) fn open(
    url: &DatabaseUrl,
    pool: u32,
    statement_timeout: Duration,
    has_pooler: bool,
) -> Result<Db, StoreError> {
    Db::open(&match url {
        DatabaseUrl::Sqlite(path) => Database::Sqlite(path.clone()),
        DatabaseUrl::Postgres(url) => Database::Postgres(PostgresSettings {
            url: url.clone(),
            pool,
            statement_timeout,
            has_pooler,
        }),
    })
}

type Migrate = fn(&Db) -> Result<usize, StoreError>;

/// Tries within `patience` again and again while the database is away.
fn in_time<T>(
    patience: Duration,
    attempt: impl Fn() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let started = Instant::now();
    let mut is_told = false;
    loop {
        match attempt() {
            Err(StoreError::Unavailable(cause)) if started.elapsed() < patience => {
                if !is_told {
                    tracing::warn!(event = "database.awaited", %cause, "the database cannot be reached yet; it is waited for");
                    is_told = true;
                }
                thread::sleep(DATABASE_PAUSE.min(patience));
            }
            outcome => return outcome,
        }
    }
}
