//! Use cases of second factors: authenticator apps, recovery codes, and their overview.

pub(super) mod overview;
pub(super) mod recovery_codes;
pub(super) mod totp;
