//! Use cases of invitations: create, list, revoke, and use at a signup.

pub(super) mod claim;
pub(super) mod manage;
