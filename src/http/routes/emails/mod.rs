//! Routes that verify and change email addresses.

pub(crate) mod change;
pub(crate) mod resend;
pub(crate) mod verify;
