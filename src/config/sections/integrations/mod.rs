//! The sections for other services: forward-auth, access tokens and webhooks.

pub(in crate::config) mod forward_auth;
pub(in crate::config) mod tokens;
pub(in crate::config) mod webhooks;
