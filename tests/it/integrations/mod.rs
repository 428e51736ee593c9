//! Tests of forward-auth, introspection, access tokens, the discovery of their issuer and webhooks.

mod access_tokens;
mod admin;
mod authorization;
mod client_authentication;
mod discovery;
mod forged_tokens;
mod forward_auth;
mod introspection;
mod signing_keys;
mod webhooks;
