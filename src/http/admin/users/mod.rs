//! The routes of accounts in the admin API, one file per endpoint.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod end_session;
pub(super) mod end_sessions;
pub(super) mod fields;
pub(super) mod get;
pub(super) mod list;
pub(super) mod list_sessions;
pub(super) mod reset_second_factors;
mod response;
pub(super) mod set_password;
pub(super) mod unlock;
pub(super) mod update;
