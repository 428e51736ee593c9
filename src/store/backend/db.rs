//! The handle of a database: reads, writes and snapshots over its connection pools.

use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{
    postgres::{PostgresPool, PostgresSettings},
    probe,
    sqlite_pools::SqlitePools,
    transaction::TransactionError,
};
use crate::{
    domain::event::{OccurredEvent, PublishedTypes},
    store::{
        error::StoreError,
        migrations::{self, Migrated, Precondition},
        tx::Tx,
    },
};

/// The database that `DATABASE_URL` names.
#[derive(Clone, Debug)]
pub enum DatabaseSettings {
    /// A file on this machine.
    Sqlite(PathBuf),
    /// A server, or several that replace each other.
    Postgres(PostgresSettings),
}

/// A receiver of events, after their transaction was committed.
pub type EventSink = Arc<dyn Fn(&OccurredEvent) + Send + Sync>;

/// A database: a handle to its pools that is cheap to clone.
#[derive(Clone)]
pub struct Db {
    pub(super) inner: Arc<Inner>,
    sinks: Arc<[EventSink]>,
    published: Option<Arc<PublishedTypes>>,
}

pub(super) struct Inner {
    pub(super) pools: Pools,
    /// Set while a write found the database unavailable and no probe has succeeded since.
    needs_probe: AtomicBool,
}

pub(super) enum Pools {
    Sqlite(SqlitePools),
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
            DatabaseSettings::Sqlite(path) => Pools::Sqlite(SqlitePools::open(path)?),
            DatabaseSettings::Postgres(server) => Pools::Postgres(PostgresPool::new(server)),
        };
        Ok(Self {
            inner: Arc::new(Inner {
                pools,
                needs_probe: AtomicBool::new(false),
            }),
            sinks: Arc::new([]),
            published: None,
        })
    }

    /// The same database, whose events these sinks receive.
    #[must_use]
    pub fn with_event_sinks(self, sinks: impl IntoIterator<Item = EventSink>) -> Self {
        Self {
            sinks: sinks.into_iter().collect(),
            ..self
        }
    }

    /// The same database, in which events of these types are enqueued for the webhook.
    #[must_use]
    pub fn with_published_events(self, types: Option<PublishedTypes>) -> Self {
        Self {
            published: types.map(Arc::new),
            ..self
        }
    }

    /// Hands an event to the sinks.
    pub fn emit(&self, occurred: &OccurredEvent) {
        for sink in &*self.sinks {
            sink(occurred);
        }
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
        match &self.inner.pools {
            Pools::Sqlite(file) => file.migrate(check),
            Pools::Postgres(server) => server.migrate(check),
        }
    }

    /// Returns the longest time for an answer. A server ends a statement in time, but may be unable
    /// to report it. A wait for a file ends by itself.
    #[must_use]
    pub fn answer_deadline(&self) -> Option<Duration> {
        match &self.inner.pools {
            Pools::Sqlite(_) => None,
            Pools::Postgres(server) => Some(server.answer_deadline()),
        }
    }

    /// Runs reads without a transaction, and retries them once if the connection was lost.
    pub fn read<T, E: TransactionError>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.inner.pools {
            Pools::Sqlite(file) => file.read(work),
            Pools::Postgres(server) => server.read(work),
        }
    }

    /// Runs reads in one snapshot of the database, however long they take.
    pub fn snapshot<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.inner.pools {
            Pools::Sqlite(file) => file.snapshot(work),
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
        match &self.inner.pools {
            Pools::Sqlite(file) => file.try_read_inline(work),
            Pools::Postgres(_) => None,
        }
    }

    /// Runs `work` in one transaction. An error of any kind rolls it back. SQLite takes its write
    /// lock at the start: a transaction that wrote only after a read would fail at once, whatever
    /// the busy timeout. The sinks receive the recorded events once it is committed.
    pub fn write<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let published = self.published.clone();
        let result = self.transact(|tx| {
            tx.publish(published);
            work(tx)
        });
        // A later success proves little: on a full disk a small write may still fit into SQLite's
        // log.
        if result.as_ref().is_err_and(E::is_unavailable) {
            self.inner.needs_probe.store(true, Ordering::Relaxed);
        }
        let (value, occurred) = result?;
        for occurred in &occurred {
            self.emit(occurred);
        }
        Ok(value)
    }

    fn transact<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<(T, Vec<OccurredEvent>), E> {
        match &self.inner.pools {
            Pools::Sqlite(file) => file.write(work),
            Pools::Postgres(server) => server.write(work),
        }
    }

    /// Checks that the database responds, has this service's tables and room to write. After a
    /// failed write it also probes one: a full disk still serves reads.
    pub fn check_ready(&self) -> Result<(), StoreError> {
        self.read(probe::find_tables)?;
        if let Pools::Sqlite(file) = &self.inner.pools {
            file.check_room()?;
        }
        if self.inner.needs_probe.load(Ordering::Relaxed) {
            self.transact(probe::write)?;
            self.inner.needs_probe.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Moves SQLite's write-ahead log into its file, so that the file alone is the whole database.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        match &self.inner.pools {
            Pools::Sqlite(file) => file.checkpoint(),
            Pools::Postgres(_) => Ok(()),
        }
    }
}
