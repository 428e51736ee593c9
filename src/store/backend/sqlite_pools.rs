//! The connection pools of a SQLite file.

use std::{num::NonZero, path::Path, sync::OnceLock, thread};

use diesel::connection::SimpleConnection;
use r2d2::{ManageConnection, PooledConnection};

use super::{
    pool::{MeteredPool, PoolReading, pool},
    sqlite::SqliteManager,
    transaction::{TransactionError, transaction},
};
use crate::{
    domain::event::OccurredEvent,
    store::{
        error::StoreError,
        migrations::{self, Migrated, Precondition},
        tx::Tx,
    },
};

/// SQLite has one writer at a time, so its pool has one connection: in a larger pool, waiters
/// starve for seconds.
const WRITERS: u32 = 1;
const READERS: u32 = 8;

/// The connection pools of a file.
pub(crate) struct SqlitePools {
    file: SqliteManager,
    writer: MeteredPool<SqliteManager>,
    readers: MeteredPool<SqliteManager>,
    /// Connections that never wait for a lock, one per core.
    inline: OnceLock<MeteredPool<SqliteManager>>,
}

impl SqlitePools {
    /// Creates the file and its pools. They open no connection yet.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let file = SqliteManager::prepare(path)?;
        Ok(Self {
            writer: pool("writer", file.clone(), (WRITERS, 0), true),
            readers: pool("readers", file.clone(), (READERS, 0), true),
            inline: OnceLock::new(),
            file,
        })
    }

    /// Migrates over a connection of its own: a pool would retry for as long as a request waits,
    /// and a file that is no database must be reported at once.
    pub(crate) fn migrate(&self, check: Precondition) -> Result<Migrated, StoreError> {
        self.file.connect()?.with(|connection| {
            check(&mut Tx::sqlite(connection))?;
            migrations::sqlite(connection)
        })
    }

    /// Runs reads without a transaction.
    pub(crate) fn read<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.check_out(&self.readers)?
            .with(|connection| work(&mut Tx::sqlite(connection)))
    }

    /// Runs reads in one snapshot of the file.
    pub(crate) fn snapshot<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.check_out(&self.readers)?.with(|connection| {
            transaction(connection, "BEGIN", |connection| {
                work(&mut Tx::sqlite(connection))
            })
        })
    }

    /// Runs a read that waits for nothing. Returns `None` if that is not possible now.
    pub(crate) fn try_read_inline<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Option<T> {
        let inline = self.inline.get_or_init(|| inline_pool(&self.file));
        let read = inline
            .try_get()?
            .with(|connection| work(&mut Tx::sqlite(connection)));
        read.ok()
    }

    /// Runs `work` in one transaction that takes the write lock first. Returns the events that were
    /// recorded besides the value.
    pub(crate) fn write<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<(T, Vec<OccurredEvent>), E> {
        let mut opened = self.check_out(&self.writer)?;
        let committed = opened.with(|connection| {
            transaction(connection, "BEGIN IMMEDIATE", |connection| {
                Tx::sqlite(connection).run(work)
            })
        })?;
        // A write to a file that was replaced during the wait for its lock is not acknowledged.
        self.file.is_valid(&mut opened)?;
        Ok(committed)
    }

    /// Returns the state of each pool at this moment.
    pub(crate) fn read_pools(&self) -> Vec<PoolReading> {
        let shared = [self.writer.read(), self.readers.read()].into_iter();
        // A request never waits for a connection of the inline pool.
        shared
            .chain(self.inline.get().map(MeteredPool::read))
            .collect()
    }

    /// Returns an error unless the disk has room to write.
    pub(crate) fn check_room(&self) -> Result<(), StoreError> {
        self.file.check_room()
    }

    /// Moves the write-ahead log into the file.
    pub(crate) fn checkpoint(&self) -> Result<(), StoreError> {
        self.check_out(&self.writer)?.with(|connection| {
            let moved = connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)");
            moved.map_err(StoreError::from)
        })
    }

    /// Takes a connection from a pool. A missing file is reported at once: its pool would retry for
    /// as long as a request waits.
    fn check_out(
        &self,
        pool: &MeteredPool<SqliteManager>,
    ) -> Result<PooledConnection<SqliteManager>, StoreError> {
        self.file.identity()?;
        pool.get()
            .map_err(|error| StoreError::unavailable(error.to_string()))
    }
}

fn inline_pool(file: &SqliteManager) -> MeteredPool<SqliteManager> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let size = u32::try_from(cores).unwrap_or(READERS);
    pool("inline", file.without_waiting(), (size, size), true)
}
