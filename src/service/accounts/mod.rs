//! Use cases of accounts: sign up, rename, delete.

pub(crate) mod pending_sign_up;
pub(crate) mod profile;
pub(crate) mod sign_up;
