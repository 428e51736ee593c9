//! Tests of password changes and password resets.

mod change;
mod reset;
