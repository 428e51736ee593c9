//! The failures of the store. None of them carries a database's wording to a client.

use std::fmt;

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use thiserror::Error;

use super::release::Release;

/// A failure of the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A value that must be unique is in use.
    #[error("a unique value is taken: {0:?}")]
    Taken(Unique),
    /// The database is unreachable, locked, full or damaged: the same call may succeed later.
    #[error("the database is unavailable: {0}")]
    Unavailable(DatabaseMessage),
    /// The database has no tables of this service where they must exist.
    #[error("{0}")]
    Absent(String),
    /// The database is for this release and later ones.
    #[error(
        "the database needs daemun {minimum} or later, and this is daemun {}",
        Release::own()
    )]
    Outdated {
        /// The oldest release that may use the database.
        minimum: Release,
    },
    /// A bug: the database refused a statement.
    #[error("the database refused: {0}")]
    Broken(DatabaseMessage),
    /// The query panicked, or the runtime has stopped.
    #[error("the query was interrupted")]
    Interrupted,
    /// A row holds a value that this release cannot read.
    #[error("{table}.{column} of row {row} cannot be read")]
    Corrupt {
        /// The table of the row.
        table: &'static str,
        /// The column of the value.
        column: &'static str,
        /// The key of the row.
        row: String,
    },
}

/// The uniqueness rules, each named by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unique {
    /// `users_username_key`
    Username,
    /// `users_email_key`
    Email,
    /// `users_external_id`
    ExternalId,
    /// `idempotency_keys_pkey`
    IdempotencyKey,
    /// `service_keys_pkey`
    ServiceKeyName,
    /// Ids and token digests: they are random, so a collision is a bug.
    Random,
}

/// The cause of a failure, for the log. It names tables and columns but no values.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct DatabaseMessage(String);

impl DatabaseMessage {
    /// Returns whether another connection holds a lock, so that a retry may succeed.
    pub(super) fn is_lock(&self) -> bool {
        self.0.contains("is locked")
    }

    /// Returns whether the transaction was the victim of a deadlock or of a serialization failure.
    fn is_conflict(&self) -> bool {
        self.0.contains("deadlock detected") || self.0.contains("could not serialize access")
    }

    /// Returns whether the server is a standby, which accepts no writes.
    pub(super) fn is_from_standby(&self) -> bool {
        self.0.contains("in a read-only transaction")
    }
}

impl StoreError {
    /// The kinds of failures that are counted.
    pub const KINDS: [&str; 5] = ["unavailable", "refused", "interrupted", "corrupt", "schema"];

    /// Returns the kind of the failure, or `None` for a value that is taken, which is no fault.
    #[must_use]
    pub const fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Taken(_) => None,
            Self::Unavailable(_) => Some("unavailable"),
            Self::Broken(_) => Some("refused"),
            Self::Interrupted => Some("interrupted"),
            Self::Corrupt { .. } => Some("corrupt"),
            Self::Absent(_) | Self::Outdated { .. } => Some("schema"),
        }
    }

    /// Returns whether the server rolled the transaction back in favour of another one. The same
    /// transaction may succeed at once.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Unavailable(cause) if cause.is_conflict())
    }

    /// Returns the failure of a database that did not respond before the deadline.
    #[must_use]
    pub fn timed_out() -> Self {
        Self::unavailable("no response in time")
    }

    /// Returns the failure of a bug that must roll a transaction back.
    #[must_use]
    pub fn broken(cause: impl Into<String>) -> Self {
        Self::Broken(DatabaseMessage(cause.into()))
    }

    pub(super) fn unavailable(cause: impl Into<String>) -> Self {
        Self::Unavailable(DatabaseMessage(cause.into()))
    }

    /// Returns the failure of a row that cannot be read; `row` is its key.
    #[must_use]
    pub fn corrupt(table: &'static str, column: &'static str, row: impl fmt::Display) -> Self {
        Self::Corrupt {
            table,
            column,
            row: row.to_string(),
        }
    }
}

impl From<DieselError> for StoreError {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "Diesel's list is open; an error that is not known to be temporary is a bug"
    )]
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(kind, information) => from_database(kind, &*information),
            DieselError::BrokenTransactionManager => {
                Self::unavailable("a connection was left in a broken transaction")
            }
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            other => Self::broken(other.to_string()),
        }
    }
}

fn from_database(
    kind: DatabaseErrorKind,
    information: &dyn DatabaseErrorInformation,
) -> StoreError {
    let message = information.message();
    if matches!(kind, DatabaseErrorKind::UniqueViolation) {
        return StoreError::Taken(unique(information.constraint_name().unwrap_or(message)));
    }
    let is_temporary = is_temporary(message)
        || matches!(
            kind,
            DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::ReadOnlyTransaction
                | DatabaseErrorKind::SerializationFailure
        );
    // libpq's own messages span several lines.
    let cause = message.lines().next().unwrap_or_default();
    if is_temporary {
        StoreError::unavailable(cause)
    } else {
        StoreError::broken(cause)
    }
}

/// Returns the rule that a message names: PostgreSQL names the constraint, SQLite says
/// `UNIQUE constraint failed: users.email_key`.
fn unique(message: &str) -> Unique {
    if message.contains("username_key") {
        Unique::Username
    } else if message.contains("email_key") {
        Unique::Email
    } else if message.contains("external_id") {
        Unique::ExternalId
    } else if message.contains("idempotency_keys") {
        Unique::IdempotencyKey
    } else if message.contains("service_keys.name") || message.contains("service_keys_pkey") {
        Unique::ServiceKeyName
    } else {
        Unique::Random
    }
}

/// Returns whether time or an operator can remove the cause. SQLite reports these conditions only
/// as messages (`sqlite3_errstr`); PostgreSQL's are those of a server that starts, stops or is
/// full.
fn is_temporary(message: &str) -> bool {
    const CONDITIONS: [&str; 20] = [
        "database is locked",
        "database table is locked",
        "database schema is locked",
        "disk I/O error",
        "database or disk is full",
        "database disk image is malformed",
        "file is not a database",
        "unable to open database file",
        "attempt to write a readonly database",
        "no such table",
        "terminating connection",
        "server closed the connection",
        "the database system is",
        "is not currently accepting connections",
        "too many clients",
        "too many connections",
        "remaining connection slots are reserved",
        "canceling statement due to",
        "deadlock detected",
        "could not extend file",
    ];
    CONDITIONS
        .iter()
        .any(|condition| message.contains(condition))
}
