//! Errors of the password hasher.

use std::{io, time::Duration};

use thiserror::Error;

use super::stored::COSTS;

/// The hasher did not compute a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HashError {
    /// The job would have waited longer than the deadline. No work was done.
    #[error("too many logins at once; retry after {} s", retry_after.as_secs())]
    Overloaded {
        /// Whole seconds until a retry makes sense, at least one.
        retry_after: Duration,
    },
    /// The computation panicked, or the hasher is stopping.
    #[error("the password hash could not be computed")]
    Failed,
}

/// The hasher could not start.
#[derive(Debug, Error)]
pub enum HasherStartError {
    /// The cost is outside 4 to 15.
    #[error("bcrypt cost {0} is not within {min} to {max}", min = COSTS.start(), max = COSTS.end())]
    Cost(u32),
    /// The operating system refused a thread.
    #[error("cannot start a thread for hashing")]
    Thread(#[source] io::Error),
}
