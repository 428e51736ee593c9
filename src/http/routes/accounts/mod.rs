//! Routes that create, return, change and delete accounts.

pub(crate) mod me;
pub(crate) mod sign_up;
