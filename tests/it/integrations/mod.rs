//! Tests of forward-auth, introspection and access tokens.

mod access_tokens;
mod authorization;
mod client_authentication;
mod forward_auth;
mod introspection;
mod signing_keys;
