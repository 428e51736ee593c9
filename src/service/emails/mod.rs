//! Use cases of email addresses: verify and change.

pub(crate) mod change;
pub(crate) mod proofs;
pub(crate) mod requests;
pub(crate) mod verify;
