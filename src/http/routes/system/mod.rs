//! Routes about the service itself.

pub(crate) mod captcha;
pub(crate) mod config;
pub(crate) mod health;
pub(crate) mod openapi;
pub(crate) mod readiness;
pub(crate) mod session;
pub(crate) mod well_known;
