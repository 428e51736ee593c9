//! Copies and backs up whole databases.

use std::{path::Path, time::Duration};

use super::database::{check_exists, open};
use crate::{
    config::{Config, DatabaseUrl},
    store::{self, BackupError, Db, StoreError},
};

pub use crate::store::{CopiedTable, CopyError, Progress, Side, Stage, TableDigest};

/// Copies all rows from one database to another, which is created and migrated if necessary. Every
/// error leaves the target empty.
pub fn copy(
    source: &DatabaseUrl,
    target: &DatabaseUrl,
    pool: u32,
    report: &mut dyn FnMut(Progress),
) -> Result<Vec<CopiedTable>, CopyError> {
    let at = |side| move |error| CopyError::Store(side, error);
    check_exists(source).map_err(at(Side::Source))?;
    let source = open_for_transfer(source, pool).map_err(at(Side::Source))?;
    let target = open_for_transfer(target, pool).map_err(at(Side::Target))?;
    store::copy(&source, &target, report)
}

/// Writes a consistent snapshot of the database to a file and returns the number of bytes. It
/// migrates nothing, because the backup before an upgrade matters most.
pub fn back_up(config: &Config, file: &Path) -> Result<u64, BackupError> {
    if let DatabaseUrl::Postgres(_) = config.database.url {
        return Err(BackupError::Server);
    }
    check_exists(&config.database.url).map_err(BackupError::Store)?;
    let db = open_for_transfer(&config.database.url, config.database.pool)
        .map_err(BackupError::Store)?;
    store::backup(&db, file)
}

/// Opens a database without a time limit for statements, which is for requests, and without regard
/// to a pooler, which would see one transaction only.
fn open_for_transfer(url: &DatabaseUrl, pool: u32) -> Result<Db, StoreError> {
    open(url, pool, Duration::ZERO, false)
}
