//! Tests with databases and disks that fail.

mod full_disk;
mod kills;
mod postgres;
mod proofs;
mod sqlite;
