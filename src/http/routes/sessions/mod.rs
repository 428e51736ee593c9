//! Routes that create, list and revoke sessions.

pub(crate) mod list;
pub(crate) mod log_in;
pub(crate) mod responder;
