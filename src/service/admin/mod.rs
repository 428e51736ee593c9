//! Use cases of the operator.

pub(super) mod overview;
mod second_factors;
pub(super) mod statistics;
pub(super) mod users;
