//! What every test stands on: a running service of its own, and calls that say what they expect.

mod call;
mod service;

pub use call::{Call, Reply};
pub use service::{Account, PASSWORD, Service};
