//! Use cases of sessions: log in, authenticate, list, revoke.

mod authenticate;
mod end;
mod list;
pub(super) mod log_in;
mod open;
