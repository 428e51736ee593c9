//! The behaviour of daemun, seen from outside: the real binary, a real database, real sockets.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

mod binary;
mod config;
mod cookie;
mod databases;
mod idempotency;
mod layers;
mod lifetimes;
mod login;
mod logout;
mod me;
mod migrations;
mod origin;
mod password;
mod proxies;
mod sessions;
mod signup;
mod store;
