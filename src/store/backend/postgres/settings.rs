//! The settings of a PostgreSQL server.

use std::time::Duration;

use secrecy::SecretString;

/// The settings of a PostgreSQL server, or of several hosts that replace each other.
#[derive(Clone, Debug)]
pub struct PostgresSettings {
    /// `postgres://…`, which may hold a password.
    pub url: SecretString,
    /// Connections in the pool at most.
    pub pool: u32,
    /// The longest that a statement may take; it may wait half of that for a lock.
    pub statement_timeout: Duration,
    /// Set if a pooler in between assigns connections per transaction. Then prepared statements and
    /// timeouts last for one transaction only.
    pub has_pooler: bool,
}
