//! Tests of password changes and password resets.

mod change;
mod hash_renewal;
mod reset;
