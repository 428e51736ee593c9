//! Databases as wholes: copied to another, or backed up; it must not know what is in them.

use std::{path::Path, time::Duration};

use super::database::{check_exists, open};
use crate::{
    config::{Config, DatabaseUrl},
    store::{self, BackupError, Db, StoreError},
};

pub use crate::store::{CopiedTable, CopyError, Progress, Side, Stage, TableDigest};

/// Copies everything from one database to another, which is made or migrated if need be. Every error leaves the target empty.
pub fn copy(
    source: &DatabaseUrl,
    target: &DatabaseUrl,
    pool: u32,
    told: &mut dyn FnMut(Progress),
) -> Result<Vec<CopiedTable>, CopyError> {
    let at = |side| move |error| CopyError::Store(side, error);
    check_exists(source).map_err(at(Side::Source))?;
    let source = unhurried(source, pool).map_err(at(Side::Source))?;
    let target = unhurried(target, pool).map_err(at(Side::Target))?;
    store::copy(&source, &target, told)
}

/// Writes one moment of the database to a file; how many bytes. Nothing is migrated: the backup before an upgrade is the one
/// that matters most.
pub fn back_up(config: &Config, file: &Path) -> Result<u64, BackupError> {
    if let DatabaseUrl::Postgres(_) = config.database.url {
        return Err(BackupError::Server);
    }
    check_exists(&config.database.url).map_err(BackupError::Store)?;
    let db = unhurried(&config.database.url, config.database.pool).map_err(BackupError::Store)?;
    store::backup(&db, file)
}

/// Time limits are for requests, and one transaction is all that a pooler would see.
fn unhurried(url: &DatabaseUrl, pool: u32) -> Result<Db, StoreError> {
    open(url, pool, Duration::ZERO, false)
}
