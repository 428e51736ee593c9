//! Use cases of email addresses: verify, change, and request mail.

pub(super) mod change;
mod consume;
pub(super) mod proofs;
mod requests;
mod resend;
mod resolve;
mod verify;
