//! Use cases of passwords: change and reset.

pub(super) mod change;
pub(super) mod reset;
