//! Refusals by the throttle.

use std::time::Duration;

use crate::{
    domain::rate_limit::Exceeded,
    store::{StoreError, TransactionError},
};

/// The throttle refused an attempt, or could not count it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rate limit is reached.
    #[error("rate limit reached: {}", .0.policy.name)]
    TooMany(Exceeded),
    /// A proof of work is required.
    #[error("a proof of work is required")]
    CaptchaRequired,
    /// The proof of work is wrong, expired or used.
    #[error("the proof of work is not valid")]
    CaptchaInvalid,
    /// Hashing is overloaded, or too many anonymous requests wait.
    #[error("overloaded")]
    Overloaded {
        /// When to send the request again.
        retry_after: Duration,
    },
    /// A challenge could not be created.
    #[error("a challenge could not be created: {0}")]
    Challenge(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Exceeded> for Error {
    fn from(exceeded: Exceeded) -> Self {
        Self::TooMany(exceeded)
    }
}

impl TransactionError for Error {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self {
            Some(error)
        } else {
            None
        }
    }
}
