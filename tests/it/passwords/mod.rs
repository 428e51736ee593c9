//! Tests of password changes, password resets and the rules for new passwords.

mod change;
mod foreign_hashes;
mod hash_renewal;
mod leaked;
mod reset;
