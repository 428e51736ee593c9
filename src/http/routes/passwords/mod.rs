//! Routes that change and reset passwords.

pub(crate) mod reset;
