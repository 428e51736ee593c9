//! Routes for the other services of an app.

pub(crate) mod access_tokens;
pub(crate) mod forward_auth;
pub(crate) mod introspect;
