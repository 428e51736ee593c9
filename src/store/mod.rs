//! The only room that knows Diesel: rows in, domain values out; it must not know the product's rules, nor what time it is.

mod backend;
mod error;
mod migrations;
mod schema;
pub mod tables;
mod transfer;
mod tx;

pub use backend::db::{Database, Db};
pub use backend::postgres::PostgresSettings;
pub use backend::transaction::TransactionError;
pub use error::{DatabaseMessage, StoreError, Unique};
pub use transfer::backup::{BackupError, backup};
pub use transfer::copy::{CopiedTable, Progress, Stage, copy};
pub use transfer::digest::TableDigest;
pub use transfer::error::{CopyError, Side};
pub use tx::Tx;
