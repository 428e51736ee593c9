//! Use cases of sessions: log in, authenticate, list, revoke.

pub(crate) mod device;
pub(crate) mod log_in;
pub(crate) mod session;
