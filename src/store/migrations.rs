//! Brings a database to the present schema; several processes may try at once. It must not know what the tables are for.

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
    tx::{Tx, with_conn},
};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The key of the advisory lock under which PostgreSQL is migrated: "daemun" in ASCII.
const ADVISORY_LOCK: i64 = 0x6461_656d_756e;

/// Runs what is pending in one transaction that takes the write lock first; returns how many.
pub(super) fn sqlite(connection: &mut SqliteConnection) -> Result<usize, StoreError> {
    connection.immediate_transaction(|connection| run(connection, SQLITE))
}

/// Runs what is pending in one transaction under an advisory lock that ends with it; returns how many.
pub(super) fn postgres(connection: &mut PgConnection) -> Result<usize, StoreError> {
    connection.transaction(|connection| {
        // Another replica may be at it for longer than a request would wait; a table that somebody holds is not waited for so long.
        connection.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")?;
        diesel::sql_query(format!("SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            .execute(connection)?;
        connection.batch_execute("SET LOCAL lock_timeout = '30s'")?;
        run(connection, POSTGRES)
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

/// How a database's schema stands to the one that this version knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SchemaVersion {
    /// It was never migrated.
    Absent,
    /// Migrations are pending.
    Older,
    /// It is the same.
    Current,
    /// It has migrations that this version does not know.
    Newer,
}

/// Compares the migrations that ran with those that are known, without running any.
pub(super) fn version(tx: &mut Tx<'_>) -> Result<SchemaVersion, StoreError> {
    if !has_table(tx, HISTORY_TABLE)? {
        return Ok(SchemaVersion::Absent);
    }
    let ran: Vec<AppliedMigration> = with_conn!(tx, c => diesel::sql_query(format!("SELECT version FROM {HISTORY_TABLE}")).load(c))?;
    let ran: BTreeSet<_> = ran.into_iter().map(|ran| ran.version).collect();
    let known = match tx {
        Tx::Sqlite(_) => known::<Sqlite>(&SQLITE)?,
        Tx::Postgres(_) => known::<Pg>(&POSTGRES)?,
    };
    Ok(if ran == known {
        SchemaVersion::Current
    } else if ran.is_subset(&known) {
        SchemaVersion::Older
    } else {
        SchemaVersion::Newer
    })
}

/// What a database must be before it is migrated.
pub(super) type Precondition = fn(&mut Tx<'_>) -> Result<(), StoreError>;

/// Fails on a database that no version has migrated.
pub(super) fn check_migrated(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    match version(tx)? {
        SchemaVersion::Older | SchemaVersion::Current | SchemaVersion::Newer => Ok(()),
        SchemaVersion::Absent => Err(StoreError::Absent(String::from(
            "the database has none of our tables",
        ))),
    }
}

/// Where Diesel keeps which migrations ran.
const HISTORY_TABLE: &str = "__diesel_schema_migrations";

#[derive(QueryableByName)]
struct AppliedMigration {
    #[diesel(sql_type = Text)]
    version: String,
}

fn known<Db: Backend>(source: &EmbeddedMigrations) -> Result<BTreeSet<String>, StoreError> {
    let migrations = MigrationSource::<Db>::migrations(source)
        .map_err(|error| StoreError::broken(error.to_string()))?;
    Ok(migrations
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect())
}

/// Whether a table of this name is in sight.
pub(super) fn has_table(tx: &mut Tx<'_>, name: &str) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        is_there: bool,
    }
    let text = match tx {
        Tx::Sqlite(_) => {
            "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?) AS is_there"
        }
        Tx::Postgres(_) => "SELECT to_regclass($1) IS NOT NULL AS is_there",
    };
    let found: Found =
        with_conn!(tx, c => diesel::sql_query(text).bind::<Text, _>(name).get_result(c))?;
    Ok(found.is_there)
}
