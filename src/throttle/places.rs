//! The places of an attempt in its counters, and the refusal of one.

use super::{
    Error,
    keys::{Hit, Share},
};
use crate::{
    domain::{account::ids::UserId, rate_limit::Subject, timestamp::Timestamp},
    store::{StoreError, TransactionError, Tx, tables::counters},
};

/// The counters that an attempt has a place in.
#[derive(Clone)]
pub(super) struct Places {
    pub(super) in_minute: Vec<Hit>,
    pub(super) in_hour: Vec<Hit>,
    pub(super) failures: Vec<FailurePlace>,
    pub(super) account: Option<UserId>,
}

/// A place among failures.
#[derive(Clone, Copy)]
pub(super) struct FailurePlace {
    pub(super) subject: Subject,
    /// The end of the backoff that the failure causes.
    pub(super) waits_until: Option<Timestamp>,
    pub(super) is_alone: bool,
}

/// The attempt has no place.
pub(super) enum NoPlace {
    Refused(Refusal),
    Failed(StoreError),
}

/// The limit or missing proof that refuses an attempt.
pub(super) struct Refusal {
    pub(super) error: Error,
    /// The counter in which an attempt in flight may make room.
    pub(super) waits_for: Option<Subject>,
}

/// A hit was not counted.
pub(super) enum HitError {
    /// The counter that is full.
    Full(Share),
    Store(StoreError),
}

impl NoPlace {
    pub(super) fn refused(error: impl Into<Error>, waits_for: Option<Subject>) -> Self {
        let error = error.into();
        Self::Refused(Refusal { error, waits_for })
    }
}

impl From<StoreError> for NoPlace {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl TransactionError for NoPlace {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Failed(error) => Some(error),
            Self::Refused(_) => None,
        }
    }
}

impl From<StoreError> for HitError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Counts one more in each counter, by a rule for one client. Fails with the first that is full.
pub(super) fn hit_all(
    tx: &mut Tx<'_>,
    shares: Vec<Share>,
    rule: counters::CounterRule,
    now: Timestamp,
) -> Result<Vec<Hit>, HitError> {
    let mut hits = Vec::with_capacity(shares.len());
    for share in shares {
        let rule = rule.times(share.quotas.into());
        match counters::hit(tx, &share.subject, rule, now)? {
            Some(count) => hits.push(Hit { share, count }),
            None => return Err(HitError::Full(share)),
        }
    }
    Ok(hits)
}
