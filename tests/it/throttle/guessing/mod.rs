//! Password guessing: backoff, limits, and responses that reveal no account.

mod backoff;
mod counting;

use std::time::Duration;

const MINUTE: Duration = Duration::from_mins(1);
