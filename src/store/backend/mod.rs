//! The two databases: SQLite files and PostgreSQL servers, their pools, transactions and prepared
//! statements.

pub(crate) mod db;
pub(crate) mod file_mode;
pub(crate) mod pool;
pub(crate) mod postgres;
pub(crate) mod prepared;
pub(crate) mod probe;
mod readings;
pub(crate) mod sqlite;
pub(crate) mod sqlite_pools;
pub(crate) mod transaction;
