//! Routes of the recognized devices of an account.

pub mod forget;
pub mod forget_others;
pub mod list;
