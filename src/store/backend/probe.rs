//! The statements that probe whether a database is ready.

use diesel::{RunQueryDsl, connection::SimpleConnection};

use crate::store::{
    error::StoreError,
    tx::{Tx, TxConnection, with_conn},
};

/// Returns an error if the database does not respond or has no tables.
pub(crate) fn find_tables(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    with_conn!(tx, c => diesel::sql_query("SELECT 1 FROM users LIMIT 1").execute(c))?;
    Ok(())
}

/// Commits a change without effect to the disk: SQLite rewrites its first page, PostgreSQL records
/// the end of a transaction.
pub(crate) fn write(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    match &mut tx.connection {
        TxConnection::Sqlite(connection) => {
            connection.batch_execute("PRAGMA user_version = 0")?;
        }
        TxConnection::Postgres(connection) => {
            connection.batch_execute("SELECT pg_current_xact_id()")?;
        }
    }
    Ok(())
}
