//! How limits are told in headers, as structured fields (RFC 9651) of draft-ietf-httpapi-ratelimit-headers; it must not know who counts.

use std::time::Duration;

use actix_web::http::header::HeaderName;

use crate::domain::rate_limit::{Exceeded, RateLimit};

/// Names the limits, with their quota and window.
pub const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Tells what is left of each, and for how many seconds.
pub const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// Both, as they are described.
pub const HEADERS: [(&str, &str); 2] = [
    (
        "RateLimit-Policy",
        "The limits that count here, such as `\"log-in\";q=30;w=60`: 30 in 60 seconds.",
    ),
    (
        "RateLimit",
        "What is left, such as `\"log-in\";r=29;t=2`: 29, and all of it again after 2 seconds.",
    ),
];

/// A policy as an item, such as `"log-in";q=30;w=60`.
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

/// What is left of a policy, and after how long all of it is there again, such as `"log-in";r=29;t=2`.
#[must_use]
pub fn state(policy: &RateLimit, left: u32, whole_in: Duration) -> String {
    format!("\"{}\";r={left};t={}", policy.name, whole_seconds(whole_in))
}

/// The state of a policy that is used up.
#[must_use]
pub fn nothing_left(exceeded: &Exceeded) -> String {
    state(&exceeded.policy, 0, exceeded.retry_after)
}

/// Rounded up, so that nobody comes too early; at least one.
#[must_use]
pub fn whole_seconds(span: Duration) -> u64 {
    span.as_secs()
        .saturating_add(u64::from(span.subsec_nanos() > 0))
        .max(1)
}
