//! Requests from other origins: the cross-site rule and CORS.

mod cors;
mod origin;
