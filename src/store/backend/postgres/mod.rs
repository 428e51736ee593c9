//! A PostgreSQL server: its connection pool, and the retry of reads on lost connections.

mod connection;
mod settings;
mod url;

use std::{sync::atomic::Ordering, time::Duration};

use r2d2::{ManageConnection, PooledConnection};

use super::{
    pool::{CHECK_OUT, MeteredPool, PoolReading, pool},
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
use connection::PostgresManager;

pub use settings::PostgresSettings;

/// The longest wait for a connection during an outage: r2d2 keeps trying in the background, and a
/// request that waited longer would only occupy its thread.
const OUTAGE: Duration = Duration::from_millis(100);

/// The connection pool of a server.
pub(crate) struct PostgresPool {
    manager: PostgresManager,
    pool: MeteredPool<PostgresManager>,
    answer_deadline: Duration,
}

impl PostgresPool {
    /// Creates the pool. It opens no connection yet.
    pub(crate) fn new(server: &PostgresSettings) -> Self {
        let manager = PostgresManager::new(server);
        Self {
            pool: pool("postgresql", manager.clone(), (server.pool, 0), false),
            manager,
            answer_deadline: CHECK_OUT + server.statement_timeout * 2,
        }
    }

    /// Returns the longest that a connection and a transaction may take together: the server ends a
    /// transaction that idles for longer.
    pub(crate) fn answer_deadline(&self) -> Duration {
        self.answer_deadline
    }

    /// Returns the state of the pool at this moment.
    pub(crate) fn read_pool(&self) -> PoolReading {
        self.pool.read()
    }

    /// Migrates over a connection of its own, so that an unreachable server is reported at once.
    pub(crate) fn migrate(&self, check: Precondition) -> Result<Migrated, StoreError> {
        let connection = &mut self.manager.connect()?.connection;
        check(&mut Tx::postgres(connection))?;
        migrations::postgres(connection)
    }

    /// Runs a read. Testing a connection costs as much as a read, so reads skip the test and are
    /// retried once on a tested connection.
    pub(crate) fn read<T, E: TransactionError>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut opened = self.check_out()?;
        let read = opened.with(|connection| work(&mut Tx::postgres(connection)));
        if !opened.is_lost {
            return read;
        }
        drop(opened);
        self.check_out_tested()?
            .with(|connection| work(&mut Tx::postgres(connection)))
    }

    /// Runs reads in one snapshot of the database.
    pub(crate) fn snapshot<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let (value, _occurred) = self.transact(begin, work)?;
        Ok(value)
    }

    /// Runs `work` in one transaction, on a tested connection. A connection that is lost meanwhile
    /// leaves it open whether the transaction was committed, so the write fails and is not retried.
    /// Returns the events that were recorded besides the value.
    pub(crate) fn write<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<(T, Vec<OccurredEvent>), E> {
        self.transact(&self.manager.begin, work)
    }

    fn transact<T, E: TransactionError>(
        &self,
        begin: &str,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<(T, Vec<OccurredEvent>), E> {
        self.check_out_tested()?.with(|connection| {
            transaction(connection, begin, |connection| {
                Tx::postgres(connection).run(work)
            })
        })
    }

    /// Returns a tested connection. It discards all connections that were lost with their server.
    fn check_out_tested(&self) -> Result<PooledConnection<PostgresManager>, StoreError> {
        loop {
            let mut opened = self.check_out()?;
            if opened.is_alive() {
                return Ok(opened);
            }
        }
    }

    fn check_out(&self) -> Result<PooledConnection<PostgresManager>, StoreError> {
        let is_away = self.manager.is_away.load(Ordering::Relaxed);
        let answer_deadline = if is_away && self.pool.state().connections == 0 {
            OUTAGE
        } else {
            CHECK_OUT
        };
        self.pool
            .get_timeout(answer_deadline)
            .map_err(|error| StoreError::unavailable(error.to_string()))
    }
}
