//! The routes of invitations in the admin API, one file per endpoint.

pub(super) mod create;
pub(super) mod list;
mod response;
pub(super) mod revoke;
