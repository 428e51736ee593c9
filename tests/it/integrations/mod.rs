//! Tests of forward-auth, introspection, access tokens and the discovery of their issuer.

mod access_tokens;
mod authorization;
mod client_authentication;
mod discovery;
mod forged_tokens;
mod forward_auth;
mod introspection;
mod signing_keys;
