//! Tests of the service behind reverse proxies.

mod base_path;
mod forwarded;
