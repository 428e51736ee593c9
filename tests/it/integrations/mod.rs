//! Tests of forward-auth, introspection and access tokens.

mod access_tokens;
mod authorization;
mod forward_auth;
mod introspection;
mod signing_keys;
