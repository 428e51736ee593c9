//! Routes that verify and change email addresses.

pub(crate) mod email;
pub(crate) mod proof_fields;
