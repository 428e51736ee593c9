//! A SQLite file: its creation, its connections, and the check that it is still the same file.

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

/// The time that a statement waits for another process's lock: longer than any write takes.
const BUSY: Duration = Duration::from_secs(5);

/// The pause between attempts to switch to the write-ahead log while another process does the same.
const RETRY: Duration = Duration::from_millis(10);

/// Free bytes below which the disk counts as full: more than any transaction adds to SQLite's log.
const ROOM: u64 = 1 << 20;

/// Opens connections to one existing file.
#[derive(Clone, Debug)]
pub(crate) struct SqliteManager {
    path: PathBuf,
    busy: Duration,
}

/// A connection, with the identity of its file.
pub(crate) struct SqliteConn {
    connection: SqliteConnection,
    file: FileIdentity,
    is_suspect: bool,
}

impl SqliteConn {
    /// Runs `work` on the connection. After an unavailable database the connection is discarded: it
    /// may cache pages of a file that has been repaired since.
    pub(crate) fn with<T, E: TransactionError>(
        &mut self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        let result = work(&mut self.connection);
        self.is_suspect |= result.as_ref().is_err_and(E::is_unavailable);
        result
    }
}

/// Device and inode, which stay the same as long as the file does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileIdentity(u64, u64);

impl SqliteManager {
    /// Creates the file and its folders if they do not exist, readable by their owner alone.
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

    /// Returns the identity of the file at the path.
    pub(crate) fn identity(&self) -> Result<FileIdentity, StoreError> {
        fs::metadata(&self.path)
            .map(|file| FileIdentity(file.dev(), file.ino()))
            .map_err(|error| StoreError::unavailable(format!("the database file: {error}")))
    }

    /// Fails if the disk is full. A commit may still succeed then: SQLite overwrites the parts of
    /// its log that it no longer needs.
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

    /// Returns a manager whose connections fail at once instead of waiting for a lock.
    pub(crate) fn without_waiting(&self) -> Self {
        Self {
            busy: Duration::ZERO,
            ..self.clone()
        }
    }

    /// Returns a URI with which a missing file is an error and not a new, empty database.
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

    /// Fails if the file was moved, deleted or replaced: a write to it would be acknowledged and
    /// lost.
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

/// Switches to the write-ahead log, retrying because SQLite does not wait for a lock here.
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
