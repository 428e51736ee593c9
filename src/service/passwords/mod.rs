//! Use cases of passwords: change and reset.

pub(crate) mod change;
pub(crate) mod estimator;
pub(crate) mod reset;
