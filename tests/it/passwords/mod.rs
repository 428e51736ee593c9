//! Tests of password changes and password resets.

mod change;
pub mod reset;
