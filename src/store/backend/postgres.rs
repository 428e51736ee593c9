//! How a PostgreSQL server is reached: what every connection is told, which ones are used again, and what an outage costs those who
//! wait. It must not know any table.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use diesel::{
    Connection, ConnectionError,
    connection::{CacheSize, SimpleConnection},
    pg::PgConnection,
    r2d2::R2D2Connection,
};
use r2d2::{ManageConnection, Pool, PooledConnection};
use secrecy::{ExposeSecret, SecretString};

use super::{
    pool::{CHECK_OUT, pool},
    transaction::{TransactionError, transaction},
};
use crate::store::{
    error::StoreError,
    migrations::{self, Precondition},
    tx::Tx,
};

/// The longest wait for a connection while no server can be reached: r2d2 goes on trying in the background, and a request that
/// waited for longer would only keep its thread from others.
const OUTAGE: Duration = Duration::from_millis(100);

/// What libpq is told of the network unless the URL says otherwise. A server that has gone without a word is noticed within ten
/// seconds, and one of several hosts that does not answer is passed by after three.
const NETWORK: [(&str, &str); 6] = [
    ("application_name", "daemun"),
    ("connect_timeout", "3"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
];

/// Which server, and how it is used.
#[derive(Clone, Debug)]
pub struct PostgresSettings {
    /// `postgres://…`, which may hold a password.
    pub url: SecretString,
    /// Connections at most.
    pub pool: u32,
    /// The longest that a statement may take; half of it for a lock.
    pub statement_timeout: Duration,
    /// Whether a pooler that hands connections out for one transaction stands in between. Then nothing outlives a transaction:
    /// no statement is prepared, and no time-out set, for longer.
    pub has_pooler: bool,
}

/// The pool of connections to a server.
pub(crate) struct PostgresPool {
    manager: PostgresManager,
    pool: Pool<PostgresManager>,
    answer_deadline: Duration,
}

impl PostgresPool {
    /// Opens no connection yet.
    pub(crate) fn new(server: &PostgresSettings) -> Self {
        let manager = PostgresManager::new(server);
        Self {
            pool: pool(manager.clone(), server.pool, 0, false),
            manager,
            answer_deadline: CHECK_OUT + server.statement_timeout * 2,
        }
    }

    /// How long a connection and a transaction may take together: as long as the server lets one idle.
    pub(crate) fn answer_deadline(&self) -> Duration {
        self.answer_deadline
    }

    /// Brings the schema up to date by a connection of its own: why a server cannot be reached is told at once.
    pub(crate) fn migrate(&self, check: Precondition) -> Result<usize, StoreError> {
        let connection = &mut self.manager.connect()?.connection;
        check(&mut Tx::Postgres(connection))?;
        migrations::postgres(connection)
    }

    /// Reads. A connection is not tried before, which would take as long as most reads: where it turns out to be lost, the read is
    /// repeated by one that was tried.
    pub(crate) fn read<T, E: TransactionError>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut opened = self.check_out()?;
        let read = opened.with(|connection| work(&mut Tx::Postgres(connection)));
        if !opened.is_lost {
            return read;
        }
        drop(opened);
        self.check_out_tried()?
            .with(|connection| work(&mut Tx::Postgres(connection)))
    }

    /// Reads one moment of the database, however long that takes.
    pub(crate) fn snapshot<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transact("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work)
    }

    /// Runs `work` in one transaction. A connection that is lost before is replaced; one that is lost meanwhile leaves it open
    /// whether the transaction came to pass, so it is told as a failure and not repeated.
    pub(crate) fn write<T, E: TransactionError>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transact(&self.manager.begin, work)
    }

    fn transact<T, E: TransactionError>(
        &self,
        begin: &str,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.check_out_tried()?.with(|connection| {
            transaction(connection, begin, |connection| {
                work(&mut Tx::Postgres(connection))
            })
        })
    }

    /// A connection that answers. All that were lost with their server are thrown away here, by whoever comes first.
    fn check_out_tried(&self) -> Result<PooledConnection<PostgresManager>, StoreError> {
        loop {
            let mut opened = self.check_out()?;
            if opened.answers() {
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

/// Opens connections to one server.
#[derive(Clone)]
pub(crate) struct PostgresManager {
    url: SecretString,
    /// What a connection runs first, if anything.
    session: Option<String>,
    /// What a transaction begins with.
    begin: String,
    /// Whether the last attempt to connect failed.
    is_away: Arc<AtomicBool>,
}

impl PostgresManager {
    fn new(server: &PostgresSettings) -> Self {
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

/// A connection, and what is known of it.
pub(crate) struct PostgresConn {
    connection: PgConnection,
    is_lost: bool,
}

impl PostgresConn {
    /// Works with the connection. One that failed is tried afterwards; a server that only reads was the one to write to once.
    fn with<T, E: TransactionError>(
        &mut self,
        work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        let result = work(&mut self.connection);
        if let Err(error) = &result
            && let Some(StoreError::Unavailable(cause)) = error.store_error()
        {
            self.is_lost = cause.is_from_standby() || !self.answers();
        }
        result
    }

    fn answers(&mut self) -> bool {
        self.is_lost |= self.connection.is_broken() || self.connection.ping().is_err();
        !self.is_lost
    }
}

/// The URL with what [`NETWORK`] adds to it.
fn with_network(url: &str) -> String {
    let (server, query) = url.split_once('?').unwrap_or((url, ""));
    let told = || query.split('&').filter(|setting| !setting.is_empty());
    let is_told = |name: &str| told().any(|setting| setting.split('=').next() == Some(name));
    let added = NETWORK.iter().filter(|(name, _)| !is_told(name));
    let settings: Vec<_> = told()
        .map(str::to_owned)
        .chain(added.map(|(name, value)| format!("{name}={value}")))
        .collect();
    format!("{server}?{}", settings.join("&"))
}

/// Why there is no connection, on one line. libpq quotes a URL that it cannot read, password and all: of that only what is before
/// the first quotation mark is repeated.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "it maps an error, of which Diesel may make more"
)]
fn unreachable(error: ConnectionError) -> StoreError {
    let told = match error {
        ConnectionError::BadConnection(told) => told,
        ConnectionError::CouldntSetupConfiguration(error) => return error.into(),
        _ => String::from("the URL cannot be read"),
    };
    if told.contains("SSL support is not compiled in") {
        let told = "this build has no TLS to PostgreSQL; it needs the feature postgres-tls";
        return StoreError::unavailable(told);
    }
    let is_of_a_server =
        told.contains("connection to server") || told.starts_with("could not translate host name");
    let told = if is_of_a_server {
        told.as_str()
    } else {
        told.split('"').next().unwrap_or_default()
    };
    let lines: Vec<_> = told.split_whitespace().collect();
    StoreError::unavailable(lines.join(" "))
}

#[cfg(test)]
mod tests {
    use super::with_network;

    #[test]
    fn what_a_url_says_of_the_network_is_kept() {
        for bare in ["postgres://host/name", "postgres://host/name?"] {
            let told = with_network(bare);
            assert!(
                told.starts_with("postgres://host/name?application_name=daemun&connect_timeout=3&"),
                "{told}"
            );
        }
        let told = with_network("postgres://host/name?connect_timeout=9&sslmode=require");
        assert!(
            told.starts_with("postgres://host/name?connect_timeout=9&sslmode=require&"),
            "{told}"
        );
        assert_eq!(told.matches("connect_timeout").count(), 1, "{told}");
    }
}
