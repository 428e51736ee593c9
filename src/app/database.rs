//! Opens the database that the settings name, waits for it if necessary, and migrates it.

use std::{
    path, thread,
    time::{Duration, Instant},
};

use super::error::StartError;
use crate::{
    config::{Config, DatabaseUrl},
    store::{DatabaseSettings, Db, Migrated, PostgresSettings, StoreError},
};

/// The pause between two attempts to reach a database.
const RETRY_PAUSE: Duration = Duration::from_millis(500);

/// Opens the database, creates it if it does not exist, and runs pending migrations.
pub fn open_database(config: &Config) -> Result<Db, StartError> {
    migrated(config, Db::migrate).map_err(StartError::from)
}

/// Opens the existing database and runs pending migrations. It creates nothing, so that a wrong
/// folder or URL is an error.
pub fn open_existing_database(config: &Config) -> Result<Db, StartError> {
    check_exists(&config.database.url)
        .and_then(|()| migrated(config, Db::migrate_existing))
        .map_err(StartError::from)
}

/// Fails if opening the URL would create a SQLite file.
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
    let migrated = retried(config.database.wait, || migrate(&db))?;
    if migrated.migrations > 0 {
        let migrations = migrated.migrations;
        tracing::info!(event = "database.migrated", migrations, "database migrated");
    }
    if let Some(minimum) = migrated.raised_minimum {
        tracing::warn!(
            event = "database.minimum_version",
            %minimum,
            "the database is for daemun {minimum} and later: stop every older process before the first owner sets up a second factor, because older releases do not request it"
        );
    }
    Ok(db)
}

/// Opens a database without migrating it. A SQLite file that does not exist is created.
pub(super) fn open(
    url: &DatabaseUrl,
    pool: u32,
    statement_timeout: Duration,
    has_pooler: bool,
) -> Result<Db, StoreError> {
    Db::open(&match url {
        DatabaseUrl::Sqlite(path) => DatabaseSettings::Sqlite(path.clone()),
        DatabaseUrl::Postgres(url) => DatabaseSettings::Postgres(PostgresSettings {
            url: url.clone(),
            pool,
            statement_timeout,
            has_pooler,
        }),
    })
}

type Migrate = fn(&Db) -> Result<Migrated, StoreError>;

/// Retries until `wait` is over while the database is unreachable.
fn retried<T>(
    wait: Duration,
    attempt: impl Fn() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let started = Instant::now();
    let mut is_logged = false;
    loop {
        match attempt() {
            Err(StoreError::Unavailable(cause)) if started.elapsed() < wait => {
                if !is_logged {
                    tracing::warn!(event = "database.awaited", %cause, "database unreachable; retrying until the wait is over");
                    is_logged = true;
                }
                thread::sleep(RETRY_PAUSE.min(wait));
            }
            result => return result,
        }
    }
}
