//! Extractors: parts of a request as checked values.

pub(crate) mod bearer;
pub(crate) mod client;
pub(crate) mod cookie;
pub(crate) mod draft;
mod fields;
pub(crate) mod free_object;
pub(crate) mod idempotency_key;
pub(crate) mod json;
pub(crate) mod language;
pub(crate) mod page;
pub(crate) mod require_mail;
pub(crate) mod service_key;
pub(crate) mod session;
pub(crate) mod validate;
