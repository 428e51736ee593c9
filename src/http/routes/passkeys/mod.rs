//! Routes of passkeys, and the options of every ceremony.

pub(crate) mod confirm_options;
mod credential_fields;
pub(crate) mod log_in;
pub(crate) mod log_in_options;
pub(crate) mod register;
pub(crate) mod registration_options;
pub(crate) mod remove;
pub(crate) mod rename;
mod request_options;
pub(crate) mod second_factor_options;
