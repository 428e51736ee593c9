//! Use cases of the operator.

pub(super) mod users;
