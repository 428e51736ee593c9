//! Use cases of the operator, and the upkeep of the database.

pub(super) mod create;
pub(super) mod import;
pub(super) mod list;
pub(super) mod overview;
mod purge;
mod second_factors;
mod sessions;
pub(super) mod statistics;
pub(super) mod update;
mod users;
