//! The tables of the rate limits, on each database.

mod counters;
mod devices;
mod failures;

use std::time::Duration;

use crate::support::at_once;

const MINUTE: Duration = Duration::from_mins(1);

/// Acts `times` at the same time. Returns how often it was allowed.
fn count_allowed(times: usize, is_allowed: impl Fn() -> bool + Sync) -> usize {
    let outcomes = at_once((0..times).map(|_| &is_allowed));
    outcomes.into_iter().filter(|allowed| *allowed).count()
}
