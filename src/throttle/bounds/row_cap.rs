//! Caps on rows that anonymous requests insert, enforced by an estimate: a request costs no count
//! of the table.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    domain::rate_limit::RateLimits,
    store::{
        StoreError, Tx,
        tables::{mail_requests, pending_sign_ups},
    },
    throttle::{Error, Throttle},
};

/// The time that a count is valid. Replicas together exceed a cap by what the others insert
/// meanwhile.
const RECOUNT: Duration = Duration::from_secs(2);

/// When a refused request should be sent again.
const RETRY_AFTER: Duration = Duration::from_mins(1);

/// Rows that anonymous requests insert.
#[derive(Clone, Copy, Debug)]
pub enum CappedRows {
    /// Requests for mail that wait to be resolved.
    MailRequests,
    /// Signups that wait for their email to be verified.
    PendingSignUps,
}

/// One estimate for each kind of row.
#[derive(Debug, Default)]
pub(in crate::throttle) struct RowCaps {
    mail_requests: RowCap,
    pending_sign_ups: RowCap,
}

/// The number of rows: counted every two seconds at most, plus what this process inserted since.
#[derive(Debug, Default)]
struct RowCap(Mutex<Estimate>);

#[derive(Debug, Default)]
struct Estimate {
    rows: i64,
    counted_at: Option<Instant>,
}

impl CappedRows {
    const fn cap(self, limits: &RateLimits) -> u32 {
        match self {
            Self::MailRequests => limits.waiting_requests,
            Self::PendingSignUps => limits.waiting_sign_ups,
        }
    }

    fn count(self, tx: &mut Tx<'_>) -> Result<i64, StoreError> {
        match self {
            Self::MailRequests => mail_requests::count(tx),
            Self::PendingSignUps => pending_sign_ups::count(tx),
        }
    }
}

impl RowCaps {
    const fn of(&self, rows: CappedRows) -> &RowCap {
        match rows {
            CappedRows::MailRequests => &self.mail_requests,
            CappedRows::PendingSignUps => &self.pending_sign_ups,
        }
    }
}

impl RowCap {
    /// Returns whether the caller has to count the rows: one of the callers that arrive at once.
    fn is_outdated(&self) -> bool {
        let mut estimate = self.estimate();
        let is_fresh = |at: Instant| at.elapsed() < RECOUNT;
        if estimate.counted_at.is_some_and(is_fresh) {
            return false;
        }
        estimate.counted_at = Some(Instant::now());
        true
    }

    fn estimate(&self) -> MutexGuard<'_, Estimate> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Throttle {
    /// Refuses a request that would insert one more row where the cap is reached. The response is
    /// the same for every email.
    pub async fn refuse_beyond_cap(&self, rows: CappedRows) -> Result<(), Error> {
        let Some(limits) = &self.0.limits else {
            return Ok(());
        };
        let cap = i64::from(rows.cap(limits));
        let estimate = self.0.row_caps.of(rows);
        if estimate.is_outdated() {
            let counted = self.0.database.read(move |tx| rows.count(tx)).await?;
            estimate.estimate().rows = counted;
            if counted >= cap {
                tracing::warn!(
                    event = "backlog.full",
                    rows = counted,
                    "too many anonymous requests wait; further ones are refused"
                );
            }
        }
        if estimate.estimate().rows < cap {
            return Ok(());
        }
        Err(Error::Overloaded {
            retry_after: RETRY_AFTER,
        })
    }

    /// Adds a row that was inserted to the estimate.
    pub fn row_inserted(&self, rows: CappedRows) {
        let mut estimate = self.0.row_caps.of(rows).estimate();
        estimate.rows = estimate.rows.saturating_add(1);
    }
}
