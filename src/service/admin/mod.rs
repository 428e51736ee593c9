//! Use cases of the operator.

pub(crate) mod users;
