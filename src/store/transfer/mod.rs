//! Whole databases: copies to another database, and backups.

pub(crate) mod backup;
pub(crate) mod copy;
pub(crate) mod digest;
pub(crate) mod error;
pub(crate) mod queued_rows;
mod rows;
pub(crate) mod table;
mod table_row;
