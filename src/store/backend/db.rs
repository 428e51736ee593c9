//! The pools: who may read, who may write, and for how long one waits. It must not know any table.

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

use diesel::{RunQueryDsl, connection::SimpleConnection};
use r2d2::{ManageConnection, Pool, PooledConnection};

use super::{
    pool::pool,
    postgres::{PostgresPool, PostgresSettings},
    sqlite::SqliteManager,
    transaction::{TransactionError, transaction},
};
use crate::store::{
    error::StoreError,
    migrations::{self, Precondition},
    tx::{Tx, with_conn},
};

/// SQLite takes one writer at a time, so its pool has one; a common pool starves waiters for seconds.
const WRITERS: u32 = 1;
const READERS: u32 = 8;

/// Which database, as `DATABASE_URL` names it.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file of this machine.
    Sqlite(PathBuf),
    /// A server, or several that stand in for each other.
    Postgres(PostgresSettings),
}

/// The database: a cheap handle to its pools.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    pools: Pools,
    /// Whether a write failed for want of the database, and no probe has succeeded since.
    needs_probe: AtomicBool,
}

enum Pools {
    Sqlite {
        file: SqliteManager,
        writer: Pool<SqliteManager>,
        readers: Pool<SqliteManager>,
        /// Connections that wait for nothing, one a core.
        instant: OnceLock<Pool<SqliteManager>>,
    },
    Postgres(PostgresPool),
}

impl fmt::Debug for Db {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Db")
    }
}

impl Db {
    /// Makes the pools, and for SQLite the file. Connections are opened when they are first needed.
    pub fn open(database: &Database) -> Result<Self, StoreError> {
        let pools = match database {
            Database::Sqlite(path) => {
                let file = SqliteManager::prepare(path)?;
                Pools::Sqlite {
                    writer: pool(file.clone(), WRITERS, 0, true),
                    readers: pool(file.clone(), READERS, 0, true),
                    instant: OnceLock::new(),
                    file,
                }
            }
            Database::Postgres(server) => Pools::Postgres(PostgresPool::new(server)),
        };
        Ok(Self(Arc::new(Inner {
            pools,
            needs_probe: AtomicBool::new(false),
        })))
    }

    /// Brings the schema up to date; returns how many migrations ran.
    pub fn migrate(&self) -> Result<usize, StoreError> {
        self.migrate_if(|_any| Ok(()))
    }

    /// The same where a version has migrated the database before; any other database is left as it is.
    pub fn migrate_existing(&self) -> Result<usize, StoreError> {
        self.migrate_if(migrations::check_migrated)
    }

    /// SQLite's pool is passed by: it would try again for as long as a request waits, and a file that can never be a database is to be
    /// told at once.
    fn migrate_if(&self, check: Precondition) -> Result<usize, StoreError> {
        match &self.0.pools {
            Pools::Sqlite { file, .. } => file.connect()?.with(|connection| {
                check(&mut Tx::Sqlite(connection))?;
                migrations::sqlite(connection)
            }),
            Pools::Postgres(server) => server.migrate(check),
        }
    }

    /// The longest that an answer is worth waiting for: a server ends a statement in time, but may be unable to tell. What a file
    /// waits for ends by itself.
    #[must_use]
    pub fn answer_deadline(&self) -> Option<Duration> {
        match &self.0.pools {
            Pools::Sqlite { .. } => None,
            Pools::Postgres(server) => Some(server.answer_deadline()),
        }
    }

    /// Runs statements that only read, without a transaction, and once more where a connection was lost.
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

    /// Runs statements that only read and all see one moment of the database, however long they take.
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

    /// Reads where it stands, on a thread that must not wait; `None` where that is not possible now, and then [`Db::read`]
    /// has to answer. A look-up in SQLite takes less time than the way to another thread and back; a lock, a missing file or
    /// a server is waited for there.
    pub fn try_read_inline<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Option<T> {
        let Pools::Sqlite { file, instant, .. } = &self.0.pools else {
            return None;
        };
        let read = instant
            .get_or_init(|| instant_pool(file))
            .try_get()?
            .with(|connection| work(&mut Tx::Sqlite(connection)));
        read.ok()
    }

    /// Runs `work` in one transaction. An error of any kind rolls it back. SQLite takes its write lock at the start:
    /// a read that later turned into a write would be refused at once however long the busy time-out.
    pub fn write<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let result = self.transact(work);
        // A later success proves little: on a full disk a small write may still find room in SQLite's log.
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
                // What went into a file that lost its name while we waited for its lock is not acknowledged.
                file.is_valid(&mut opened)?;
                Ok(value)
            }
            Pools::Postgres(server) => server.write(work),
        }
    }

    /// Whether the database answers, holds our tables, has room to write and, where a write has failed, takes one again: a full disk
    /// still answers to reads.
    pub fn is_ready(&self) -> Result<(), StoreError> {
        self.read(find_tables)?;
        if let Pools::Sqlite { file, .. } = &self.0.pools {
            file.check_room()?;
        }
        if self.0.needs_probe.load(Ordering::Relaxed) {
            self.transact(write_nothing)?;
            self.0.needs_probe.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Folds SQLite's write-ahead log into its file, so that the file alone is the whole database.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        match &self.0.pools {
            Pools::Sqlite { file, writer, .. } => check_out(file, writer)?.with(|connection| {
                let folded = connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)");
                folded.map_err(StoreError::from)
            }),
            Pools::Postgres(_) => Ok(()),
        }
    }
}

/// Fails where the database does not answer or has no tables.
fn find_tables(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::sql_query("SELECT 1 FROM users LIMIT 1").execute(c))?;
    Ok(())
}

/// Brings a commit to the disk that changes nothing: SQLite writes its first page anew, PostgreSQL the end of a transaction.
fn write_nothing(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    match tx {
        Tx::Sqlite(connection) => connection.batch_execute("PRAGMA user_version = 0")?,
        Tx::Postgres(connection) => connection.batch_execute("SELECT pg_current_xact_id()")?,
    }
    Ok(())
}

fn instant_pool(file: &SqliteManager) -> Pool<SqliteManager> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let size = u32::try_from(cores).unwrap_or(READERS);
    pool(file.without_waiting(), size, size, true)
}

/// A file that has gone is told at once: no wait brings it back, and its pool would try for as long as a request waits.
fn check_out(
    file: &SqliteManager,
    pool: &Pool<SqliteManager>,
) -> Result<PooledConnection<SqliteManager>, StoreError> {
    file.identity()?;
    pool.get()
        .map_err(|error| StoreError::unavailable(error.to_string()))
}
