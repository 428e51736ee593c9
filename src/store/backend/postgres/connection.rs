//! Connections to a PostgreSQL server, and the check whether one is lost.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use diesel::{
    Connection,
    connection::{CacheSize, SimpleConnection},
    pg::PgConnection,
    r2d2::R2D2Connection,
};
use r2d2::ManageConnection;
use secrecy::{ExposeSecret, SecretString};

use super::{
    settings::PostgresSettings,
    url::{unreachable, with_network},
};
use crate::store::{backend::transaction::TransactionError, error::StoreError};

/// Opens connections to one server.
#[derive(Clone)]
pub(crate) struct PostgresManager {
    pub(super) url: SecretString,
    /// The first statement of a connection, if any.
    pub(super) session: Option<String>,
    /// The statement that opens a transaction.
    pub(super) begin: String,
    /// Set while the last attempt to connect failed.
    pub(super) is_away: Arc<AtomicBool>,
}

impl PostgresManager {
    pub(super) fn new(server: &PostgresSettings) -> Self {
        let statement = server.statement_timeout.as_millis();
        let limits = |scope: &str| {
            format!(
                "SET {scope} statement_timeout = {statement}; SET {scope} lock_timeout = {}; \
                 SET {scope} idle_in_transaction_session_timeout = {}",
                statement / 2,
                statement * 2,
            )
        };
        let (session, begin) = if server.has_pooler {
            (None, format!("BEGIN; {}", limits("LOCAL")))
        } else {
            (Some(limits("SESSION")), String::from("BEGIN"))
        };
        Self {
            url: with_network(server.url.expose_secret()).into(),
            session,
            begin,
            is_away: Arc::default(),
        }
    }

    fn open(&self) -> Result<PgConnection, StoreError> {
        let mut connection =
            PgConnection::establish(self.url.expose_secret()).map_err(unreachable)?;
        match &self.session {
            Some(limits) => connection.batch_execute(limits)?,
            None => connection.set_prepared_statement_cache_size(CacheSize::Disabled),
        }
        Ok(connection)
    }
}

impl ManageConnection for PostgresManager {
    type Connection = PostgresConn;
    type Error = StoreError;

    fn connect(&self) -> Result<PostgresConn, StoreError> {
        let opened = self.open();
        self.is_away.store(opened.is_err(), Ordering::Relaxed);
        Ok(PostgresConn {
            connection: opened?,
            is_lost: false,
        })
    }

    fn is_valid(&self, opened: &mut PostgresConn) -> Result<(), StoreError> {
        Ok(opened.connection.ping()?)
    }

    fn has_broken(&self, opened: &mut PostgresConn) -> bool {
        std::thread::panicking() || opened.is_lost || opened.connection.is_broken()
    }
}

/// A connection, and whether it is known to be lost.
pub(crate) struct PostgresConn {
    pub(super) connection: PgConnection,
    pub(super) is_lost: bool,
}

impl PostgresConn {
    /// Runs `work` on the connection, and tests it after an unavailable database. A standby, which
    /// was the primary once, counts as lost.
    pub(super) fn with<T, E: TransactionError>(
        &mut self,
        work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        let result = work(&mut self.connection);
        if let Err(error) = &result
            && let Some(StoreError::Unavailable(cause)) = error.store_error()
        {
            self.is_lost = cause.is_from_standby() || !self.is_alive();
        }
        result
    }

    pub(super) fn is_alive(&mut self) -> bool {
        self.is_lost |= self.connection.is_broken() || self.connection.ping().is_err();
        !self.is_lost
    }
}
