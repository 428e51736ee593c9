//! A borrowed connection of either database, and the macros that run one query text on both.

use diesel::{pg::PgConnection, sqlite::SqliteConnection};

/// A connection in use, the first parameter of every function of the store.
pub enum Tx<'c> {
    /// SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'c mut PgConnection),
}

/// Runs the same query text on either database: `with_conn!(tx, c => query)`. Both are
/// type-checked.
///
/// A query by a unique key ends in `get_result`, never in `first`: SQLite recompiles a statement
/// with `LIMIT ?` at every use, which takes several times as long as running it.
macro_rules! with_conn {
    ($tx:expr, $connection:ident => $query:expr) => {
        match $tx {
            $crate::store::tx::Tx::Sqlite(inner) => {
                let $connection: &mut diesel::sqlite::SqliteConnection = inner;
                $query
            }
            $crate::store::tx::Tx::Postgres(inner) => {
                let $connection: &mut diesel::pg::PgConnection = inner;
                $query
            }
        }
    };
}
pub(super) use with_conn;

/// Loads the rows of a query and locks them until the transaction ends. Rows that another
/// transaction has locked are skipped, so that replicas share the work. SQLite has one writer at a
/// time anyway.
macro_rules! lock_skip {
    ($tx:expr, $row:ty, $query:expr) => {
        match $tx {
            $crate::store::tx::Tx::Sqlite(connection) => $query.load::<$row>(&mut **connection),
            $crate::store::tx::Tx::Postgres(connection) => $query
                .for_update()
                .skip_locked()
                .load::<$row>(&mut **connection),
        }
    };
}
pub(super) use lock_skip;
