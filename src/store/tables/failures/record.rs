//! The values of the table of failures, and the rule by which they are counted.

use std::time::Duration;

use crate::domain::timestamp::Timestamp;

/// The failures of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    /// Recent failures.
    pub count: i64,
    /// Failures since the last success.
    pub in_a_row: i64,
    /// The end of the backoff, until which attempts are rejected.
    pub waits_until: Timestamp,
    /// The time at which `count` restarts, if no other failure occurs.
    pub forgotten_at: Timestamp,
    /// Failures in `count` whose attempts are in flight and may be refunded.
    pub in_flight: i64,
}

/// A failure that has just been counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedFailure {
    /// Recent failures, including this one.
    pub count: i64,
    /// Failures whose attempts are in flight, including this one.
    pub in_flight: i64,
}

/// A rule by which failures are counted.
#[derive(Clone, Copy, Debug)]
pub struct LockoutRule {
    /// Failures allowed in a row.
    pub in_a_row: i64,
    /// The time for which the last failure is remembered.
    pub memory: Duration,
    /// The longest backoff. A stored time far beyond it was written before the clock was set back.
    pub longest_wait: Duration,
    /// The longest that a failure stays in flight, unless it is settled or refunded before.
    pub settles_in: Duration,
}
