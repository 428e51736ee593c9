//! Routes about the service itself.

pub(crate) mod health;
