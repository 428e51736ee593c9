//! How a SQLite file is made, opened and recognised again; it must not know which tables are in it.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use diesel::{
    Connection,
    connection::{SimpleConnection, TransactionManager, TransactionManagerStatus},
    sqlite::SqliteConnection,
};

use rustix::fs::statvfs;

use super::{file_mode, transaction::TransactionError};
use crate::store::error::StoreError;

/// How long a statement waits for another process's lock; longer than any write of ours takes.
const BUSY: Duration = Duration::from_secs(5);

/// Pause between attempts to switch to the write-ahead log while another process does the same.
const RETRY: Duration = Duration::from_millis(10);

/// Bytes without which the disk counts as full: more than any transaction of ours adds to SQLite's log.
const ROOM: u64 = 1 << 20;

/// Opens connections to one file that exists.
#[derive(Clone, Debug)]
pub(crate) struct SqliteManager {
    path: PathBuf,
    busy: Duration,
}

/// A connection together with the identity of the file it was opened on.
pub(crate) struct SqliteConn {
    connection: SqliteConnection,
    file: FileIdentity,
    is_suspect: bool,
}

impl SqliteConn {
    /// Works with the connection. One that was told the database is unavailable is not used again: it may keep pages in memory
    /// of a file that has been mended since.
    pub(crate) fn with<T, E: TransactionError>(
        &mut self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        let result = work(&mut self.connection);
        self.is_suspect |= result.as_ref().is_err_and(E::is_unavailable);
        result
    }
}

/// Device and inode: what stays equal while a file stays itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileIdentity(u64, u64);

impl SqliteManager {
    /// Makes sure that the file is there, readable by its owner alone, and so are the folders made for it.
    pub(crate) fn prepare(path: &Path) -> Result<Self, StoreError> {
        let failed = |error: io::Error| {
            StoreError::unavailable(format!("cannot open {}: {error}", path.display()))
        };
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(failed)?;
        }
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(failed)?;
        file_mode::restrict(path).map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            busy: BUSY,
        })
    }

    /// Which file the path names now.
    pub(crate) fn identity(&self) -> Result<FileIdentity, StoreError> {
        fs::metadata(&self.path)
            .map(|file| FileIdentity(file.dev(), file.ino()))
            .map_err(|error| StoreError::unavailable(format!("the database file: {error}")))
    }

    /// Fails where the disk is full. A commit may then still succeed: SQLite writes over the parts of its log that it needs no more.
    pub(crate) fn check_room(&self) -> Result<(), StoreError> {
        let failed = |error| StoreError::unavailable(format!("the database's disk: {error}"));
        let disk = statvfs(&self.path).map_err(failed)?;
        // A file system without blocks does not count them.
        let is_full = disk.f_blocks > 0 && disk.f_bavail.saturating_mul(disk.f_frsize) < ROOM;
        if is_full {
            return Err(StoreError::unavailable(
                "less than 1 MiB is free on the database's disk",
            ));
        }
        Ok(())
    }

    /// Opens connections whose statements fail at once where others would wait for a lock.
    pub(crate) fn without_waiting(&self) -> Self {
        Self {
            busy: Duration::ZERO,
            ..self.clone()
        }
    }

    /// A URI, so that a file which has gone is an error and not a new, empty database.
    fn uri(&self) -> Result<String, StoreError> {
        let path = self
            .path
            .to_str()
            .ok_or_else(|| StoreError::unavailable("the database's path is not UTF-8"))?;
        let escaped = path
            .replace('%', "%25")
            .replace('?', "%3f")
            .replace('#', "%23");
        Ok(format!("file:{escaped}?mode=rw"))
    }
}

impl r2d2::ManageConnection for SqliteManager {
    type Connection = SqliteConn;
    type Error = StoreError;

    fn connect(&self) -> Result<SqliteConn, StoreError> {
        let file = self.identity()?;
        let mut connection = SqliteConnection::establish(&self.uri()?)
            .map_err(|error| StoreError::unavailable(error.to_string()))?;
        connection.batch_execute(&format!("PRAGMA busy_timeout = {}", self.busy.as_millis()))?;
        switch_to_wal(&mut connection)?;
        connection.batch_execute(
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY",
        )?;
        Ok(SqliteConn {
            connection,
            file,
            is_suspect: false,
        })
    }

    /// A file that was moved, deleted or replaced under us must not take another write: what it acknowledged would be lost.
    fn is_valid(&self, opened: &mut SqliteConn) -> Result<(), StoreError> {
        if self.identity()? == opened.file {
            Ok(())
        } else {
            Err(StoreError::unavailable("the database file was replaced"))
        }
    }

    fn has_broken(&self, opened: &mut SqliteConn) -> bool {
        let status =
            <SqliteConnection as Connection>::TransactionManager::transaction_manager_status_mut(
                &mut opened.connection,
            );
        match status {
            TransactionManagerStatus::InError => true,
            TransactionManagerStatus::Valid(inside) => {
                opened.is_suspect || inside.transaction_depth().is_some()
            }
        }
    }
}

/// SQLite does not wait for its own lock here, so the wait is ours.
fn switch_to_wal(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let started = Instant::now();
    loop {
        let switched = connection
            .batch_execute("PRAGMA journal_mode = WAL")
            .map_err(StoreError::from);
        match switched {
            Err(StoreError::Unavailable(cause)) if cause.is_lock() && started.elapsed() < BUSY => {
                std::thread::sleep(RETRY);
            }
            other => return other,
        }
    }
}
