//! Why hashing refuses a password or does not start; it must not know what a caller answers then.

use std::{error, fmt, io, time::Duration};

use super::stored::COSTS;

/// Why nothing was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashError {
    /// The wait would have been too long. No work was done.
    Overloaded {
        /// When to come again: whole seconds, at least one.
        retry_after: Duration,
    },
    /// The computation broke, or the service is stopping.
    Failed,
}

impl fmt::Display for HashError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overloaded { retry_after } => {
                write!(
                    formatter,
                    "too many log-ins at once; come again in {} s",
                    retry_after.as_secs()
                )
            }
            Self::Failed => formatter.write_str("the password hash could not be computed"),
        }
    }
}

impl error::Error for HashError {}

/// Why hashing can't start.
#[derive(Debug)]
pub enum HasherStartError {
    /// The cost is not within 4 to 15.
    Cost(u32),
    /// The system gives no thread.
    Thread(io::Error),
}

impl fmt::Display for HasherStartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cost(cost) => {
                write!(
                    formatter,
                    "bcrypt cost {cost} is not within {} to {}",
                    COSTS.start(),
                    COSTS.end()
                )
            }
            Self::Thread(_) => formatter.write_str("cannot start a thread for hashing"),
        }
    }
}

impl error::Error for HasherStartError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Cost(_) => None,
            Self::Thread(error) => Some(error),
        }
    }
}
