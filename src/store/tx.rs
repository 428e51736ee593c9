//! One borrowed connection of either database, and the macro that compiles one query text for both.

use diesel::{pg::PgConnection, sqlite::SqliteConnection};

/// A connection in use: every function of the store takes it first.
pub enum Tx<'c> {
    /// SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'c mut PgConnection),
}

/// `with_conn!(tx, connection => query)` runs the same query text on whichever database `tx` is; both readings are type-checked.
///
/// A look-up by a unique key ends in `get_result`, never in `first`: the `LIMIT ?` of the latter makes SQLite compile the
/// statement anew at every use, which takes several times as long as running it.
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

/// Loads what a query finds, as a list of the type, and holds those rows until the transaction ends. Rows that another transaction
/// holds are passed by, so that replicas which do the same work share it. SQLite's writers take turns anyway.
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
