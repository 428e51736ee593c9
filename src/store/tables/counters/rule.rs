//! The rules by which counters count.

use std::time::Duration;

use crate::domain::timestamp::Timestamp;

/// The longest [`CounterRule::spacing`]: a counter outlives its window by as much.
pub const LONGEST_SPACING: Duration = Duration::from_mins(1);

/// A rule by which events are counted.
#[derive(Clone, Copy, Debug)]
pub struct CounterRule {
    /// The length of a window.
    pub window: Duration,
    /// Events allowed in one window, if limited.
    pub limit: Option<i64>,
    /// The least time since the last event, in this window or another; at most [`LONGEST_SPACING`].
    pub spacing: Duration,
    /// The longest that an event stays in flight, unless it is settled or refunded before. Zero
    /// makes every event final.
    pub settles_in: Duration,
}

impl CounterRule {
    /// Returns a rule without a limit.
    #[must_use]
    pub const fn unlimited(window: Duration) -> Self {
        Self {
            window,
            limit: None,
            spacing: Duration::ZERO,
            settles_in: Duration::ZERO,
        }
    }

    /// Returns a rule with a limit per window.
    #[must_use]
    pub const fn at_most(limit: i64, window: Duration) -> Self {
        Self {
            limit: Some(limit),
            ..Self::unlimited(window)
        }
    }

    /// Returns the rule with events that stay in flight for up to `settles_in`.
    #[must_use]
    pub const fn settling_in(self, settles_in: Duration) -> Self {
        Self { settles_in, ..self }
    }

    /// Returns the rule with `factor` times the limit.
    #[must_use]
    pub fn times(self, factor: i64) -> Self {
        Self {
            limit: self.limit.map(|limit| limit.saturating_mul(factor)),
            ..self
        }
    }

    /// Returns the events in flight that one hit adds.
    pub(super) fn places(self) -> i64 {
        i64::from(!self.settles_in.is_zero())
    }

    /// Returns the latest time that the previous event may have. Without spacing, the order of
    /// concurrent requests does not matter.
    pub(super) fn last_before(self, now: Timestamp) -> Timestamp {
        if self.spacing.is_zero() {
            Timestamp::from_micros(i64::MAX)
        } else {
            now.minus(self.spacing)
        }
    }
}
