//! Migrates a database to the current schema. Several processes may do so at once.

mod minimum_version;

use std::collections::BTreeSet;

use diesel::{
    Connection, QueryableByName, RunQueryDsl,
    backend::Backend,
    connection::SimpleConnection,
    migration::MigrationSource,
    pg::{Pg, PgConnection},
    sql_types::{Bool, Text},
    sqlite::{Sqlite, SqliteConnection},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{
    error::StoreError,
    release::Release,
    tx::{Tx, TxConnection, with_conn},
};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The key of the advisory lock under which PostgreSQL is migrated: "daemun" in ASCII.
const ADVISORY_LOCK: i64 = 0x6461_656d_756e;

/// The result of a migration.
#[derive(Clone, Copy, Debug)]
pub struct Migrated {
    /// The number of migrations that ran.
    pub migrations: usize,
    /// The oldest release that may use the database, if it became a later one. Earlier releases may
    /// still be running on the database.
    pub raised_minimum: Option<Release>,
}

/// The state of a database before a migration.
struct Before {
    is_new: bool,
    minimum: Option<Release>,
}

impl Before {
    /// Fails if the database is for later releases only.
    fn read(tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            is_new: !has_table(tx, HISTORY_TABLE)?,
            minimum: check_release(tx)?,
        })
    }

    fn migrated(&self, tx: &mut Tx<'_>, migrations: usize) -> Result<Migrated, StoreError> {
        let minimum = minimum_version::get(tx)?;
        let is_raised = !self.is_new && minimum > self.minimum;
        Ok(Migrated {
            migrations,
            raised_minimum: minimum.filter(|_| is_raised),
        })
    }
}

/// Runs the pending migrations in one transaction that takes the write lock first.
pub(super) fn sqlite(connection: &mut SqliteConnection) -> Result<Migrated, StoreError> {
    connection.immediate_transaction(|connection| {
        let before = Before::read(&mut Tx::sqlite(connection))?;
        let migrations = run(connection, SQLITE)?;
        before.migrated(&mut Tx::sqlite(connection), migrations)
    })
}

/// Runs the pending migrations in one transaction under an advisory lock.
pub(super) fn postgres(connection: &mut PgConnection) -> Result<Migrated, StoreError> {
    connection.transaction(|connection| {
        // Another replica may migrate for longer than a request would wait. A locked table is not
        // worth that long a wait.
        connection.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")?;
        diesel::sql_query(format!("SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            .execute(connection)?;
        connection.batch_execute("SET LOCAL lock_timeout = '30s'")?;
        let before = Before::read(&mut Tx::postgres(connection))?;
        let migrations = run(connection, POSTGRES)?;
        before.migrated(&mut Tx::postgres(connection), migrations)
    })
}

fn run<Db, Harness>(
    connection: &mut Harness,
    source: EmbeddedMigrations,
) -> Result<usize, StoreError>
where
    Db: Backend,
    Harness: MigrationHarness<Db>,
{
    connection
        .run_pending_migrations(source)
        .map(|versions| versions.len())
        .map_err(|error| match error.downcast::<diesel::result::Error>() {
            Ok(error) => StoreError::from(*error),
            Err(error) => StoreError::broken(error.to_string()),
        })
}

/// Returns the oldest release that may use the database. Fails if that is later than this one.
pub(super) fn check_release(tx: &mut Tx<'_>) -> Result<Option<Release>, StoreError> {
    if !has_table(tx, MINIMUM_TABLE)? {
        return Ok(None);
    }
    match minimum_version::get(tx)? {
        Some(minimum) if minimum > Release::own() => Err(StoreError::Outdated { minimum }),
        minimum => Ok(minimum),
    }
}

/// The schema of a database, compared with that of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SchemaVersion {
    /// No version has migrated the database.
    Absent,
    /// Migrations are pending.
    Older,
    /// The schema is the same.
    Current,
    /// The database has migrations of a later version.
    Newer,
}

/// Compares the applied migrations with the embedded ones, without running any.
pub(super) fn version(tx: &mut Tx<'_>) -> Result<SchemaVersion, StoreError> {
    if !has_table(tx, HISTORY_TABLE)? {
        return Ok(SchemaVersion::Absent);
    }
    let rows: Vec<AppliedMigration> = with_conn!(tx, c => diesel::sql_query(format!("SELECT version FROM {HISTORY_TABLE}")).load(c))?;
    let applied: BTreeSet<_> = rows.into_iter().map(|row| row.version).collect();
    let embedded = match &mut tx.connection {
        TxConnection::Sqlite(_) => embedded::<Sqlite>(&SQLITE)?,
        TxConnection::Postgres(_) => embedded::<Pg>(&POSTGRES)?,
    };
    Ok(if applied == embedded {
        SchemaVersion::Current
    } else if applied.is_subset(&embedded) {
        SchemaVersion::Older
    } else {
        SchemaVersion::Newer
    })
}

/// A check before a database is migrated.
pub(super) type Precondition = fn(&mut Tx<'_>) -> Result<(), StoreError>;

/// Returns an error if no version has migrated the database.
pub(super) fn check_migrated(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    match version(tx)? {
        SchemaVersion::Older | SchemaVersion::Current | SchemaVersion::Newer => Ok(()),
        SchemaVersion::Absent => Err(StoreError::Absent(String::from(
            "the database has no tables of this service",
        ))),
    }
}

/// The table in which Diesel records the applied migrations.
const HISTORY_TABLE: &str = "__diesel_schema_migrations";

/// The table in which a migration records the oldest release that may use the database.
const MINIMUM_TABLE: &str = "minimum_version";

#[derive(QueryableByName)]
struct AppliedMigration {
    #[diesel(sql_type = Text)]
    version: String,
}

fn embedded<Db: Backend>(source: &EmbeddedMigrations) -> Result<BTreeSet<String>, StoreError> {
    let migrations = MigrationSource::<Db>::migrations(source)
        .map_err(|error| StoreError::broken(error.to_string()))?;
    Ok(migrations
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect())
}

/// Returns whether a table of this name is visible.
pub(super) fn has_table(tx: &mut Tx<'_>, name: &str) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        is_there: bool,
    }
    let text = match &mut tx.connection {
        TxConnection::Sqlite(_) => {
            "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?) AS is_there"
        }
        TxConnection::Postgres(_) => "SELECT to_regclass($1) IS NOT NULL AS is_there",
    };
    let found: Found =
        with_conn!(tx, c => diesel::sql_query(text).bind::<Text, _>(name).get_result(c))?;
    Ok(found.is_there)
}
