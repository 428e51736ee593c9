//! Middleware: checks before a route, and headers and logs after it.

pub(crate) mod csrf;
pub(crate) mod error_response;
pub(crate) mod guard;
pub(crate) mod rate_limit;
pub(crate) mod rejected_origins;
pub(crate) mod request_log;
