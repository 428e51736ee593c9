//! What can go wrong below a use case, told without any database's wording reaching a client.

use std::fmt;

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use thiserror::Error;

/// A failure of the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A value that must be unique is in use.
    #[error("a unique value is taken: {0:?}")]
    Taken(Unique),
    /// The database is unreachable, locked, full or damaged: the same call may succeed later.
    #[error("the database is unavailable: {0}")]
    Unavailable(Cause),
    /// The database has no tables of this service where they must exist.
    #[error("{0}")]
    Absent(String),
    /// A bug: the database refused a statement.
    #[error("the database refused: {0}")]
    Broken(Cause),
    /// A bug, or a change by hand: a row holds a value that this version cannot read.
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

/// The rules of uniqueness, each named by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unique {
    /// `users_username_key`
    Username,
    /// `users_email_key`
    Email,
    /// `idempotency_keys_pkey`
    IdempotencyKey,
    /// `service_keys_pkey`
    ServiceKeyName,
    /// Ids and token digests: random, so a collision is a fault.
    Random,
}

/// A cause for the log. It holds the database's message, which names tables and columns but no values.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct Cause(String);

impl Cause {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether another connection holds a lock, which is worth waiting for.
    pub(super) fn is_lock(&self) -> bool {
        self.0.contains("is locked")
    }

    /// Whether the server takes no writes, because another does by now.
    pub(super) fn is_of_a_standby(&self) -> bool {
        self.0.contains("in a read-only transaction")
    }
}

impl StoreError {
    /// Nothing was heard of the database for as long as an answer is worth waiting for.
    #[must_use]
    pub fn silent() -> Self {
        Self::Unavailable(Cause::new("it did not answer in time"))
    }

    /// A row whose value in this column cannot be read. `row` is the key of the row.
    pub(crate) fn corrupt(
        table: &'static str,
        column: &'static str,
        row: impl fmt::Display,
    ) -> Self {
        Self::Corrupt {
            table,
            column,
            row: row.to_string(),
        }
    }

    /// A fault of ours that a transaction has to be undone for. The text goes to the log.
    #[must_use]
    pub fn fault(text: impl Into<String>) -> Self {
        Self::Broken(Cause::new(text))
    }
}

impl From<DieselError> for StoreError {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "Diesel's list is open; what is not known to pass is a fault"
    )]
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(kind, information) => from_database(kind, &*information),
            DieselError::BrokenTransactionManager => {
                Self::Unavailable(Cause::new("a connection was left in a broken transaction"))
            }
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            other => Self::Broken(Cause::new(other.to_string())),
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
    let is_passing = is_passing(message)
        || matches!(
            kind,
            DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::ReadOnlyTransaction
                | DatabaseErrorKind::SerializationFailure
        );
    // libpq has its own messages on several lines.
    let cause = Cause::new(message.lines().next().unwrap_or_default());
    if is_passing {
        StoreError::Unavailable(cause)
    } else {
        StoreError::Broken(cause)
    }
}

/// PostgreSQL names the constraint; SQLite says `UNIQUE constraint failed: users.email_key`.
fn unique(told: &str) -> Unique {
    if told.contains("username_key") {
        Unique::Username
    } else if told.contains("email_key") {
        Unique::Email
    } else if told.contains("idempotency_keys") {
        Unique::IdempotencyKey
    } else if told.contains("service_keys.name") || told.contains("service_keys_pkey") {
        Unique::ServiceKeyName
    } else {
        Unique::Random
    }
}

/// Whether waiting or an operator can mend it. SQLite has these conditions only as messages (`sqlite3_errstr`),
/// PostgreSQL those of a server that starts, stops or is full.
fn is_passing(message: &str) -> bool {
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
