//! Use cases of accounts: sign up, rename, delete.

mod admission;
mod create;
mod delete;
pub(super) mod pending_sign_up;
mod rename;
mod replay;
pub(super) mod sign_up;
mod taken;
