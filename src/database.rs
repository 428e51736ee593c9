//! The database for asynchronous callers: queries run on threads that may block.

use std::sync::Arc;

use tokio::time::timeout;

use crate::{
    blocking,
    domain::event::OccurredEvent,
    meter::CounterSet,
    store::{Db, PoolReading, StoreError, TransactionError, Tx},
};

/// The most runs of a transaction that the server rolls back in favour of others.
const TRIES: usize = 3;

/// A handle to the database. Clones share its pools.
#[derive(Clone, Debug)]
pub struct Database {
    db: Db,
    errors: Arc<CounterSet<&'static str>>,
}

/// The state of the database's pools, and the failures since the start.
#[derive(Clone, Debug, Default)]
pub struct DatabaseStatistics {
    /// The connection pools.
    pub pools: Vec<PoolReading>,
    /// Each kind of failure with its number.
    pub errors: Vec<(&'static str, u64)>,
}

impl Database {
    /// A handle to these pools.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self {
            db,
            errors: Arc::new(CounterSet::new(StoreError::KINDS)),
        }
    }

    /// Returns the state of the pools and the number of failures.
    #[must_use]
    pub fn statistics(&self) -> DatabaseStatistics {
        DatabaseStatistics {
            pools: self.db.pools(),
            errors: self.errors.values().collect(),
        }
    }

    /// Returns an error unless the database responds, is migrated and has room to write.
    pub async fn is_ready(&self) -> Result<(), StoreError> {
        self.run(Db::check_ready).await
    }

    /// Moves SQLite's write-ahead log into the database file.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        let db = self.db.clone();
        blocking::run(move || db.checkpoint())
            .await
            .unwrap_or(Err(StoreError::Interrupted))
    }

    /// Runs statements that only read.
    pub async fn read<T, E>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: TransactionError + Send + 'static,
    {
        self.run(move |db| db.read(work)).await
    }

    /// Runs statements that only read on the thread of the caller where they cannot block, and
    /// elsewhere otherwise. A lookup in SQLite takes less time than a change of threads.
    pub async fn read_inline<T, E>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: TransactionError + Send + 'static,
    {
        match self.db.try_read_inline(&work) {
            Some(found) => Ok(found),
            None => self.read(work).await,
        }
    }

    /// Hands an event that no transaction recorded to the sinks.
    pub fn emit(&self, occurred: &OccurredEvent) {
        self.db.emit(occurred);
    }

    /// Runs `work` in one transaction. Any error rolls it back. Once it is committed, the sinks
    /// receive the events that it recorded.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: TransactionError + Send + 'static,
    {
        self.run(move |db| db.write(work)).await
    }

    /// Runs `work` like [`Database::write`], and again if PostgreSQL rolled the transaction back in
    /// favour of another one, three times at most. For work that locks several rows in an order
    /// that it cannot choose.
    pub async fn write_again<T, E>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: TransactionError + Send + 'static,
    {
        self.run(move |db| {
            for _rolled_back in 1..TRIES {
                let result = db.write(&work);
                let error = result.as_ref().err().and_then(E::store_error);
                if !error.is_some_and(StoreError::is_conflict) {
                    return result;
                }
            }
            db.write(work)
        })
        .await
    }

    /// Runs `work` on a thread that may block. A server that neither responds nor closes the
    /// connection keeps that thread; the caller gets an error at the deadline, and the write may or
    /// may not have been committed.
    async fn run<T, E>(
        &self,
        work: impl FnOnce(&Db) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: TransactionError + Send + 'static,
    {
        let result = self.run_uncounted(work).await;
        let error = result.as_ref().err().and_then(E::store_error);
        if let Some(kind) = error.and_then(StoreError::kind) {
            self.errors.increment(kind);
        }
        result
    }

    async fn run_uncounted<T, E>(
        &self,
        work: impl FnOnce(&Db) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: TransactionError + Send + 'static,
    {
        let db = self.db.clone();
        let result = blocking::run(move || work(&db));
        let result = match self.db.answer_deadline() {
            Some(deadline) => timeout(deadline, result)
                .await
                .map_err(|_elapsed| StoreError::timed_out())?,
            None => result.await,
        };
        result.unwrap_or_else(|_interrupted| Err(StoreError::Interrupted.into()))
    }
}
