//! The login with a mailed code: request a code, and log in with it.

pub(crate) mod log_in;
pub(crate) mod request;
