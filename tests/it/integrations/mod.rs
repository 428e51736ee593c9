//! Tests of forward-auth, introspection and access tokens.

mod access_tokens;
mod authorization;
mod services;
