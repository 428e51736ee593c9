//! Routes that create, confirm, list and revoke sessions.

pub(crate) mod confirm;
pub(crate) mod devices;
pub(crate) mod email_code;
pub(crate) mod end;
pub(crate) mod end_others;
pub(crate) mod list;
pub(crate) mod log_in;
pub(crate) mod log_out;
