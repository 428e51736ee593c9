//! Backups: a snapshot of a SQLite database in one file, taken while others write.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{self, Path, PathBuf},
    process,
};

use diesel::{Connection, QueryableByName, RunQueryDsl, sql_types::Text, sqlite::SqliteConnection};
use thiserror::Error;

use crate::store::{
    backend::{db::Db, transaction::TransactionError},
    error::StoreError,
    migrations,
    tx::TxConnection,
};

/// The reason why there is no backup. No file of its name was left.
#[derive(Debug, Error)]
pub enum BackupError {
    /// A file of this name exists.
    #[error("{} exists already and is not overwritten", .0.display())]
    Exists(PathBuf),
    /// The database is a server, which has its own tools.
    #[error(
        "PostgreSQL is backed up by its own tools: pg_dump --format=custom --file=FILE \"$DATABASE_URL\"\n\
         and restored into an empty database by: pg_restore --exit-on-error --no-owner --dbname=\"$DATABASE_URL\" FILE"
    )]
    Server,
    /// The file system failed.
    #[error("{}: {}", .0.display(), .1)]
    File(PathBuf, io::Error),
    /// The database failed, or the backup is not intact.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TransactionError for BackupError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Exists(_) | Self::Server | Self::File(..) => None,
        }
    }
}

/// Writes a snapshot of the database to `file`, which must not exist, readable by its owner alone.
/// Returns its size in bytes.
///
/// The backup is written to a temporary file beside it, verified, fsynced and renamed: a file of
/// that name is a complete backup.
pub fn backup(db: &Db, file: &Path) -> Result<u64, BackupError> {
    let failed = |error| BackupError::File(file.to_owned(), error);
    // An absolute path: SQLite would read one that begins with `file:` as a URI.
    let file = path::absolute(file).map_err(failed)?;
    if fs::symlink_metadata(&file).is_ok() {
        return Err(BackupError::Exists(file));
    }
    db.read(migrations::check_release)?;
    let temporary = TemporaryFile::beside(&file)?;
    db.read(|tx| match &mut tx.connection {
        TxConnection::Sqlite(connection) => Ok(write(connection, &temporary.path)?),
        TxConnection::Postgres(_) => Err(BackupError::Server),
    })?;
    temporary.publish(&file)
}

fn write(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let path = path
        .to_str()
        .ok_or_else(|| StoreError::broken("the file's path is not UTF-8"))?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(path)
        .execute(connection)?;
    check(path)
}

#[derive(QueryableByName)]
struct IntegrityCheck {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

/// Reads all of the backup, as a restore would.
fn check(path: &str) -> Result<(), StoreError> {
    let mut written = SqliteConnection::establish(path)
        .map_err(|error| StoreError::unavailable(error.to_string()))?;
    let result: IntegrityCheck =
        diesel::sql_query("PRAGMA integrity_check(1)").get_result(&mut written)?;
    if result.integrity_check == "ok" {
        return Ok(());
    }
    Err(StoreError::broken(
        "the written file is not an intact database",
    ))
}

/// A temporary file that is deleted on drop, unless it was published.
struct TemporaryFile {
    path: PathBuf,
    file: File,
}

impl TemporaryFile {
    /// Creates the file empty: SQLite writes into an existing file without changing its mode, so
    /// the file is private from the first byte on.
    fn beside(file: &Path) -> Result<Self, BackupError> {
        let mut name = OsString::from(file);
        name.push(format!(".{}.unfinished", process::id()));
        let path = PathBuf::from(name);
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map(|file| Self {
                path: path.clone(),
                file,
            })
            .map_err(|error| BackupError::File(path, error))
    }

    fn publish(&self, name: &Path) -> Result<u64, BackupError> {
        let failed = |error| BackupError::File(name.to_owned(), error);
        self.file.sync_all().map_err(failed)?;
        // A hard link, unlike a rename, never replaces a file that was created meanwhile.
        match fs::hard_link(&self.path, name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(BackupError::Exists(name.to_owned()));
            }
            // Some file systems have no hard links.
            Err(_) => fs::rename(&self.path, name).map_err(failed)?,
            Ok(()) => {}
        }
        if let Some(folder) = name.parent() {
            let folder = File::open(folder).map_err(failed)?;
            folder.sync_all().map_err(failed)?;
        }
        self.file.metadata().map(|file| file.len()).map_err(failed)
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _gone = fs::remove_file(&self.path);
    }
}
