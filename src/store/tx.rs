//! A borrowed connection of either database, and the macros that run one query text on both.

use std::sync::Arc;

use diesel::{pg::PgConnection, sqlite::SqliteConnection};

use crate::domain::event::{EventType, OccurredEvent, PublishedTypes};

/// A connection in use, the first parameter of every function of the store. A transaction carries
/// the events that it recorded until it is committed.
pub struct Tx<'c> {
    /// The connection.
    pub connection: TxConnection<'c>,
    occurred: Vec<OccurredEvent>,
    published: Option<Arc<PublishedTypes>>,
}

/// The connection of a transaction.
pub enum TxConnection<'c> {
    /// SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'c mut PgConnection),
}

impl<'c> Tx<'c> {
    /// A connection to SQLite.
    pub fn sqlite(connection: &'c mut SqliteConnection) -> Self {
        Self::on(TxConnection::Sqlite(connection))
    }

    /// A connection to PostgreSQL.
    pub fn postgres(connection: &'c mut PgConnection) -> Self {
        Self::on(TxConnection::Postgres(connection))
    }

    const fn on(connection: TxConnection<'c>) -> Self {
        Self {
            connection,
            occurred: Vec::new(),
            published: None,
        }
    }

    /// Sets the types of events that webhooks publish.
    pub(super) fn publish(&mut self, types: Option<Arc<PublishedTypes>>) {
        self.published = types;
    }

    /// Returns whether webhooks publish events of this type.
    #[must_use]
    pub fn publishes(&self, event_type: EventType) -> bool {
        let published = self.published.as_ref();
        published.is_some_and(|types| types.contains(event_type))
    }

    /// Hands an event to the sinks once the transaction is committed.
    pub fn emit_after_commit(&mut self, occurred: OccurredEvent) {
        self.occurred.push(occurred);
    }

    /// Returns the number of events that the transaction has recorded.
    #[must_use]
    pub const fn occurrences(&self) -> usize {
        self.occurred.len()
    }

    /// Runs the work of a transaction. Returns its value and the events that it recorded.
    pub(super) fn run<T, E>(
        mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<(T, Vec<OccurredEvent>), E> {
        let value = work(&mut self)?;
        Ok((value, self.occurred))
    }
}

/// Runs the same query text on either database: `with_conn!(tx, c => query)`. Both are
/// type-checked.
///
/// A query by a unique key ends in `get_result`, never in `first`: SQLite recompiles a statement
/// with `LIMIT ?` at every use, which takes several times as long as running it.
macro_rules! with_conn {
    ($tx:expr, $connection:ident => $query:expr) => {
        match &mut $tx.connection {
            $crate::store::tx::TxConnection::Sqlite(inner) => {
                let $connection: &mut diesel::sqlite::SqliteConnection = inner;
                $query
            }
            $crate::store::tx::TxConnection::Postgres(inner) => {
                let $connection: &mut diesel::pg::PgConnection = inner;
                $query
            }
        }
    };
}
pub(super) use with_conn;

/// Loads the rows of a query and locks them until the transaction ends. Rows that another
/// transaction has locked are skipped, so that replicas share the work. SQLite has one writer at a
/// time anyway.
macro_rules! lock_skip {
    ($tx:expr, $row:ty, $query:expr) => {
        match &mut $tx.connection {
            $crate::store::tx::TxConnection::Sqlite(connection) => {
                $query.load::<$row>(&mut **connection)
            }
            $crate::store::tx::TxConnection::Postgres(connection) => $query
                .for_update()
                .skip_locked()
                .load::<$row>(&mut **connection),
        }
    };
}
pub(super) use lock_skip;
