//! Routes for your other services.

pub(crate) mod create_access_token;
pub(crate) mod forward_auth;
pub(crate) mod get_key_set;
pub(crate) mod introspect;
mod introspection_request;
mod proxied_request;
