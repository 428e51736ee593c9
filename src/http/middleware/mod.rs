//! Middleware: checks before a route, and headers and logs after it.

pub(crate) mod any_method;
pub(crate) mod csrf;
pub(crate) mod default_headers;
pub(crate) mod error_response;
pub(crate) mod header_limit;
pub(crate) mod idle_connection;
pub(crate) mod rate_limit;
pub(crate) mod request_log;
pub(crate) mod request_metrics;
pub(crate) mod trace_context;
