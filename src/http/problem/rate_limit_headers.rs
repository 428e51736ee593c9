//! The headers that describe rate limits: structured fields (RFC 9651) of
//! draft-ietf-httpapi-ratelimit-headers.

use std::time::Duration;

use actix_web::http::header::HeaderName;

use crate::domain::rate_limit::{Exceeded, RateLimit};

/// The header with the limits, their quota and window.
pub const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The header with the remaining quota of each limit, and the seconds until it is full.
pub const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// Both headers with their OpenAPI description.
pub const HEADERS: [(&str, &str); 2] = [
    (
        "RateLimit-Policy",
        "The rate limits, such as `\"log-in\";q=30;w=60`: 30 requests in 60 seconds.",
    ),
    (
        "RateLimit",
        "The remaining quota, such as `\"log-in\";r=29;t=2`: 29 requests; the full quota is available in 2 seconds.",
    ),
];

/// Returns a limit as an item, such as `"log-in";q=30;w=60`.
#[must_use]
pub fn policy(policy: &RateLimit) -> String {
    let RateLimit {
        name,
        quota,
        window,
    } = policy;
    match window {
        Some(window) => format!("\"{name}\";q={quota};w={}", window.as_secs()),
        None => format!("\"{name}\";q={quota}"),
    }
}

/// Returns the remaining quota of a limit, and the time until it is full, such as
/// `"log-in";r=29;t=2`.
#[must_use]
pub fn state(policy: &RateLimit, left: u32, full_in: Duration) -> String {
    format!("\"{}\";r={left};t={}", policy.name, whole_seconds(full_in))
}

/// Returns the state of an exceeded limit.
#[must_use]
pub fn nothing_left(exceeded: &Exceeded) -> String {
    state(&exceeded.policy, 0, exceeded.retry_after)
}

/// Returns the seconds, rounded up so that no client retries too early, and at least one.
#[must_use]
pub fn whole_seconds(span: Duration) -> u64 {
    span.as_secs()
        .saturating_add(u64::from(span.subsec_nanos() > 0))
        .max(1)
}
