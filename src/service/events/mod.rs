//! Use cases of the audit log: list and follow it.

mod cursor;
pub(super) mod list;
