//! Routes that create, return, change and delete accounts.

pub(crate) mod delete_me;
pub(crate) mod export;
pub(crate) mod get_me;
pub(super) mod list_events;
pub(crate) mod sign_up;
mod sign_up_digest;
mod sign_up_input;
mod sign_up_policy;
pub(crate) mod update_me;
