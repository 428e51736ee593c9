//! The database of the composition root: opened as the settings have it, waited for, and brought up to date; it must not know what is
//! kept there.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::StartError;
use crate::{
    config::{Config, DatabaseUrl},
    store::{Database, Db, Server, StoreError},
};

/// Pause between two looks for a database that is waited for.
const DATABASE_PAUSE: Duration = Duration::from_millis(500);

/// Opens the database and runs what migrations are pending.
pub fn database(config: &Config) -> Result<Db, StartError> {
    let db = open(
        &config.database,
        config.database_pool,
        config.database_timeout,
        config.database_pooler,
    )
    .map_err(StartError::Database)?;
    let migrations = migrate(&db, config.database_wait).map_err(StartError::Database)?;
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
        DatabaseUrl::Postgres(url) => Database::Postgres(Server {
            url: url.clone(),
            pool,
            statement_timeout,
            has_pooler,
        }),
    })
}

/// Brings the schema up to date, within `patience` again and again while the database is away.
fn migrate(db: &Db, patience: Duration) -> Result<usize, StoreError> {
    let started = Instant::now();
    let mut is_told = false;
    loop {
        match db.migrate() {
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
