//! Use cases of second factors: authenticator apps, recovery codes, and their overview.

pub(super) mod account_lock;
pub(super) mod assertion;
pub(super) mod confirm;
pub(super) mod guesses;
pub(super) mod log_in;
pub(super) mod overview;
pub(super) mod proof;
pub(super) mod recovery_codes;
pub(super) mod removal;
pub(super) mod totp;
