//! The handle of a database: reads, writes and snapshots over its connection pools.

use std::{
    fmt,
    num::NonZero,
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use diesel::connection::SimpleConnection;
use r2d2::{ManageConnection, PooledConnection};

use super::{
    pool::{MeteredPool, pool},
    postgres::{PostgresPool, PostgresSettings},
    probe,
    sqlite::SqliteManager,
    transaction::{TransactionError, transaction},
};
use crate::store::{
    error::StoreError,
    migrations::{self, Migrated, Precondition},
    tx::Tx,
};

/// SQLite has one writer at a time, so its pool has one connection: in a larger pool, waiters
/// starve for seconds.
const WRITERS: u32 = 1;
const READERS: u32 = 8;

/// The database that `DATABASE_URL` names.
#[derive(Clone, Debug)]
pub enum DatabaseSettings {
    /// A file on this machine.
    Sqlite(PathBuf),
    /// A server, or several that replace each other.
    Postgres(PostgresSettings),
}

/// A database: a handle to its pools that is cheap to clone.
#[derive(Clone)]
pub struct Db(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) pools: Pools,
    /// Set while a write found the database unavailable and no probe has succeeded since.
    needs_probe: AtomicBool,
}

pub(super) enum Pools {
    Sqlite {
        file: SqliteManager,
        writer: MeteredPool<SqliteManager>,
        readers: MeteredPool<SqliteManager>,
        /// Connections that never wait for a lock, one per core.
        inline: OnceLock<MeteredPool<SqliteManager>>,
    },
    Postgres(PostgresPool),
}

impl fmt::Debug for Db {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Db")
    }
}

impl Db {
    /// Creates the pools, and for SQLite the file. Connections are opened when they are first
    /// needed.
    pub fn open(database: &DatabaseSettings) -> Result<Self, StoreError> {
        let pools = match database {
            DatabaseSettings::Sqlite(path) => {
                let file = SqliteManager::prepare(path)?;
                Pools::Sqlite {
                    writer: pool("writer", file.clone(), (WRITERS, 0), true),
                    readers: pool("readers", file.clone(), (READERS, 0), true),
                    inline: OnceLock::new(),
                    file,
                }
            }
            DatabaseSettings::Postgres(server) => Pools::Postgres(PostgresPool::new(server)),
        };
        Ok(Self(Arc::new(Inner {
            pools,
            needs_probe: AtomicBool::new(false),
        })))
    }

    /// Migrates the database to the current schema.
    pub fn migrate(&self) -> Result<Migrated, StoreError> {
        self.migrate_if(|_any| Ok(()))
    }

    /// Migrates a database that some version has migrated before. Any other database stays
    /// unchanged.
    pub fn migrate_existing(&self) -> Result<Migrated, StoreError> {
        self.migrate_if(migrations::check_migrated)
    }

    /// Migrates after a check. SQLite's pool is not used: it would retry for as long as a request
    /// waits, and a file that is no database must be reported at once.
    fn migrate_if(&self, check: Precondition) -> Result<Migrated, StoreError> {
        match &self.0.pools {
            Pools::Sqlite { file, .. } => file.connect()?.with(|connection| {
                check(&mut Tx::Sqlite(connection))?;
                migrations::sqlite(connection)
            }),
            Pools::Postgres(server) => server.migrate(check),
        }
    }

    /// Returns the longest time for an answer. A server ends a statement in time, but may be unable
    /// to report it. A wait for a file ends by itself.
    #[must_use]
    pub fn answer_deadline(&self) -> Option<Duration> {
        match &self.0.pools {
            Pools::Sqlite { .. } => None,
            Pools::Postgres(server) => Some(server.answer_deadline()),
        }
    }

    /// Runs reads without a transaction, and retries them once if the connection was lost.
    pub fn read<T, E: TransactionError>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.0.pools {
            Pools::Sqlite { file, readers, .. } => {
                check_out(file, readers)?.with(|connection| work(&mut Tx::Sqlite(connection)))
            }
            Pools::Postgres(server) => server.read(work),
        }
    }

    /// Runs reads in one snapshot of the database, however long they take.
    pub fn snapshot<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.0.pools {
            Pools::Sqlite { file, readers, .. } => check_out(file, readers)?.with(|connection| {
                transaction(connection, "BEGIN", |connection| {
                    work(&mut Tx::Sqlite(connection))
                })
            }),
            Pools::Postgres(server) => server.snapshot(work),
        }
    }

    /// Runs a read on the current thread without blocking it. Returns `None` if that is not
    /// possible now; the caller then uses [`Db::read`] on another thread, which waits for a lock, a
    /// file or a server. A query in SQLite takes less time than a switch of threads.
    pub fn try_read_inline<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Option<T> {
        let Pools::Sqlite { file, inline, .. } = &self.0.pools else {
            return None;
        };
        let read = inline
            .get_or_init(|| inline_pool(file))
            .try_get()?
            .with(|connection| work(&mut Tx::Sqlite(connection)));
        read.ok()
    }

    /// Runs `work` in one transaction. An error of any kind rolls it back. SQLite takes its write
    /// lock at the start: a transaction that wrote only after a read would fail at once, whatever
    /// the busy timeout.
    pub fn write<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let result = self.transact(work);
        // A later success proves little: on a full disk a small write may still fit into SQLite's
        // log.
        if result.as_ref().is_err_and(E::is_unavailable) {
            self.0.needs_probe.store(true, Ordering::Relaxed);
        }
        result
    }

    fn transact<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.0.pools {
            Pools::Sqlite { file, writer, .. } => {
                let mut opened = check_out(file, writer)?;
                let value = opened.with(|connection| {
                    transaction(connection, "BEGIN IMMEDIATE", |connection| {
                        work(&mut Tx::Sqlite(connection))
                    })
                })?;
                // A write to a file that was replaced during the wait for its lock is not
                // acknowledged.
                file.is_valid(&mut opened)?;
                Ok(value)
            }
            Pools::Postgres(server) => server.write(work),
        }
    }

    /// Checks that the database responds, has this service's tables and room to write. After a
    /// failed write it also probes one: a full disk still serves reads.
    pub fn check_ready(&self) -> Result<(), StoreError> {
        self.read(probe::find_tables)?;
        if let Pools::Sqlite { file, .. } = &self.0.pools {
            file.check_room()?;
        }
        if self.0.needs_probe.load(Ordering::Relaxed) {
            self.transact(probe::write)?;
            self.0.needs_probe.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Moves SQLite's write-ahead log into its file, so that the file alone is the whole database.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        match &self.0.pools {
            Pools::Sqlite { file, writer, .. } => check_out(file, writer)?.with(|connection| {
                let moved = connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)");
                moved.map_err(StoreError::from)
            }),
            Pools::Postgres(_) => Ok(()),
        }
    }
}

fn inline_pool(file: &SqliteManager) -> MeteredPool<SqliteManager> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let size = u32::try_from(cores).unwrap_or(READERS);
    pool("inline", file.without_waiting(), (size, size), true)
}

/// Takes a connection from the pool. A missing file is reported at once: its pool would retry for
/// as long as a request waits.
fn check_out(
    file: &SqliteManager,
    pool: &MeteredPool<SqliteManager>,
) -> Result<PooledConnection<SqliteManager>, StoreError> {
    file.identity()?;
    pool.get()
        .map_err(|error| StoreError::unavailable(error.to_string()))
}
