//! Use cases of accounts: sign up, update, delete.

mod admission;
mod create;
mod delete;
pub(super) mod export;
mod find;
pub(super) mod pending_sign_up;
mod replay;
pub(super) mod sign_up;
mod taken;
pub(super) mod update;
