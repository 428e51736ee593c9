//! Use cases of passwords: change and reset.

pub(super) mod change;
mod reset;
