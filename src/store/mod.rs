//! The database: the only module that uses Diesel. It reads and writes rows as domain values.

mod backend;
mod error;
mod migrations;
mod release;
mod schema;
mod sealed_value;
pub mod tables;
mod transfer;
mod tx;

pub use backend::db::{DatabaseSettings, Db, EventSink};
pub use backend::pool::PoolReading;
pub use backend::postgres::PostgresSettings;
pub use backend::transaction::TransactionError;
pub use error::{DatabaseMessage, StoreError, Unique};
pub use migrations::Migrated;
pub use release::Release;
pub use sealed_value::SealedValue;
pub use transfer::backup::{BackupError, backup};
pub use transfer::copy::{CopiedTable, Progress, Stage, copy};
pub use transfer::digest::TableDigest;
pub use transfer::error::{CopyError, Side};
pub use tx::{Tx, TxConnection};
