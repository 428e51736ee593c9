//! Use cases of sessions: log in, authenticate, list, revoke.

mod authenticate;
pub(super) mod challenge;
pub(super) mod devices;
pub(super) mod email_code;
pub(super) mod end;
mod list;
pub(super) mod log_in;
pub(super) mod open;
pub(super) mod opening;
mod recognize_device;
