//! What every test stands on: a running service of its own, and calls that say what they expect.

mod call;
mod captcha;
mod clocked;
mod eventually;
mod service;

pub use call::{Call, Reply, exchange};
pub use captcha::solved;
pub use clocked::Clocked;
pub use eventually::eventually;
pub use service::{Account, PASSWORD, Service};
