//! Transactions whose work fails with an error type of its own.

use diesel::{
    Connection,
    connection::{AnsiTransactionManager, TransactionManager},
};

use crate::store::error::StoreError;

/// The error of the work inside a transaction: a failure of the store, or a refusal by the work.
///
/// Either rolls the transaction back. Only a failure of the store says something about the
/// connection, so the store has to find it.
pub trait TransactionError: From<StoreError> {
    /// Returns the failure of the store, if the error is one.
    fn store_error(&self) -> Option<&StoreError>;

    /// Returns whether the database was unavailable.
    fn is_unavailable(&self) -> bool {
        matches!(self.store_error(), Some(StoreError::Unavailable(_)))
    }
}

impl TransactionError for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

/// Runs `work` in one transaction that opens with the statement `begin`. An error of any kind rolls
/// it back.
///
/// Diesel's own function opens PostgreSQL's transactions with `BEGIN` alone, and requires that
/// errors come from Diesel's.
pub(crate) fn transaction<C, T, E>(
    connection: &mut C,
    begin: &str,
    work: impl FnOnce(&mut C) -> Result<T, E>,
) -> Result<T, E>
where
    C: Connection<TransactionManager = AnsiTransactionManager>,
    E: From<StoreError>,
{
    AnsiTransactionManager::begin_transaction_sql(connection, begin).map_err(StoreError::from)?;
    match work(connection) {
        Ok(value) => {
            AnsiTransactionManager::commit_transaction(connection).map_err(StoreError::from)?;
            Ok(value)
        }
        Err(error) => {
            // If the rollback fails, the pool discards the connection, and the database rolls back
            // when it closes.
            let _undone = AnsiTransactionManager::rollback_transaction(connection);
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::{
        Connection, QueryDsl, RunQueryDsl, SqliteConnection,
        connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    };

    use super::transaction;
    use crate::store::{error::StoreError, schema::secrets};

    #[derive(Debug, PartialEq)]
    enum Refused {
        ByTheWork,
        ByTheStore,
    }

    impl From<StoreError> for Refused {
        fn from(_error: StoreError) -> Self {
            Self::ByTheStore
        }
    }

    #[test]
    fn a_refusal_by_the_work_rolls_back_and_keeps_its_type() {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        let table = "CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB, created_at INTEGER)";
        connection.batch_execute(table).unwrap();
        let result = transaction(&mut connection, "BEGIN IMMEDIATE", |connection| {
            let row = "INSERT INTO secrets VALUES ('name', x'00', 0)";
            connection.batch_execute(row).map_err(StoreError::from)?;
            Err::<(), _>(Refused::ByTheWork)
        });
        assert_eq!(result, Err(Refused::ByTheWork));
        let rows = secrets::table.count().get_result::<i64>(&mut connection);
        assert_eq!(rows, Ok(0));
        let depth = AnsiTransactionManager::transaction_manager_status_mut(&mut connection);
        assert_eq!(depth.transaction_depth(), Ok(None));
    }
}
