//! Use cases of the operator.

pub(super) mod overview;
pub(super) mod users;
