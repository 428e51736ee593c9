//! Use cases of passkeys: registration, login, and the ceremonies of second steps and
//! confirmations.

pub(super) mod log_in;
pub(super) mod manage;
pub(super) mod options;
pub(super) mod register;
