//! Brings a database to the present schema; several processes may try at once. It must not know what the tables are for.

use diesel::{Connection, RunQueryDsl, pg::PgConnection, sqlite::SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::error::{Cause, StoreError};

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
        diesel::sql_query(format!("SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            .execute(connection)?;
        run(connection, POSTGRES)
    })
}

fn run<Db, Harness>(
    connection: &mut Harness,
    source: EmbeddedMigrations,
) -> Result<usize, StoreError>
where
    Db: diesel::backend::Backend,
    Harness: MigrationHarness<Db>,
{
    connection
        .run_pending_migrations(source)
        .map(|versions| versions.len())
        .map_err(|error| match error.downcast::<diesel::result::Error>() {
            Ok(error) => StoreError::from(*error),
            Err(error) => StoreError::Broken(Cause::new(error.to_string())),
        })
}
