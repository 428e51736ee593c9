//! Routes about the service itself.

pub(crate) mod health;
pub(crate) mod openapi;
pub(crate) mod readiness;
