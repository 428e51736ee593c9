//! Databases for tests, and faults of databases.

mod home;
mod migrated;
mod postgres;
mod postgres_proxy;
mod postgres_server;
pub mod rows;
mod sql;

pub use home::Home;
pub use migrated::{migrated_sqlite, on_a_database};
pub use postgres::{PostgresDatabase, is_run_on_postgres_or_skip};
pub use postgres_proxy::{NetworkFault, PostgresProxy};
pub use postgres_server::PostgresServer;
pub use sql::Sql;
