//! The only room that knows Diesel: rows in, domain values out; it must not know the product's rules, nor what time it is.

mod backup;
mod cached;
pub mod captcha_uses;
pub mod challenges;
mod copy;
pub mod counters;
mod db;
pub mod devices;
mod error;
pub mod failures;
mod file_mode;
pub mod idempotency_keys;
pub mod mail_requests;
mod migrations;
pub mod outbox;
pub mod pending_sign_ups;
mod pool;
mod postgres;
mod schema;
pub mod secrets;
pub mod service_keys;
pub mod sessions;
pub mod signing_keys;
mod sqlite;
mod tx;
pub mod users;

pub use backup::{BackupError, backup};
pub use copy::{Copied, CopyError, Progress, Side, Stage, TableDigest, copy};
pub use db::{Database, Db};
pub use error::{Cause, StoreError, Unique};
pub use postgres::Server;
pub use tx::Tx;
