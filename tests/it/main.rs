//! The behaviour of daemun, seen from outside: the real binary, a real database, real sockets.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

mod databases;
mod layers;
mod signup;
mod store;
