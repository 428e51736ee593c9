//! Use cases of the operator, and the upkeep of the database.

pub(super) mod overview;
mod purge;
mod second_factors;
pub(super) mod statistics;
pub(super) mod users;
