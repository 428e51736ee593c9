//! Tests with databases and disks that fail.

mod full_disk;
mod postgres;
mod proofs;
mod sqlite;
