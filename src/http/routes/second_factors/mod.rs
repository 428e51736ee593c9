//! Routes of second factors: authenticator apps and recovery codes.

pub(super) mod create_recovery_codes;
pub(super) mod disable_totp;
pub(super) mod get;
pub(crate) mod log_in;
mod qr_code;
mod recovery_codes;
pub(super) mod set_up_totp;
pub(super) mod verify_totp;
