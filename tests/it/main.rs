//! The behaviour of daemun, seen from outside: the real binary, a real database, real sockets.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

pub(crate) mod accounts;
pub(crate) mod architecture;
pub(crate) mod emails;
pub(crate) mod faults;
pub(crate) mod http;
pub(crate) mod integrations;
pub(crate) mod mail;
pub(crate) mod operations;
pub(crate) mod passwords;
pub(crate) mod second_factors;
pub(crate) mod sessions;
pub(crate) mod store;
mod support;
pub(crate) mod throttle;
