//! Caps on rows that anonymous requests leave, held by an estimate: a request costs no count of the table.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    service::{Error, Service},
    store::{StoreError, Tx},
};

/// How long a count is good for. Replicas exceed a cap together by what the others insert in that time.
const RECOUNT: Duration = Duration::from_secs(2);

/// When it is worth another try where the cap is reached.
const RETRY_AFTER: Duration = Duration::from_mins(1);

/// The number of rows that wait: counted every two seconds at most, with what this process inserts in between.
#[derive(Debug, Default)]
pub struct Backlog(Mutex<Estimate>);

#[derive(Debug, Default)]
struct Estimate {
    rows: i64,
    counted_at: Option<Instant>,
}

impl Backlog {
    /// Adds a row that was inserted.
    pub(crate) fn add_one(&self) {
        let mut estimate = self.estimate();
        estimate.rows = estimate.rows.saturating_add(1);
    }

    /// Whether the caller is to count anew: one of those that come at once.
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

impl Service {
    /// Refuses a request that would leave one row more where the cap is reached, the same for every address.
    pub(crate) async fn refuse_beyond(
        &self,
        cap: u32,
        backlog: &Backlog,
        count: fn(&mut Tx<'_>) -> Result<i64, StoreError>,
    ) -> Result<(), Error> {
        let cap = i64::from(cap);
        if backlog.is_outdated() {
            let rows = self.read(count).await?;
            backlog.estimate().rows = rows;
            if rows >= cap {
                tracing::warn!(
                    event = "backlog.full",
                    rows,
                    "too many anonymous requests wait; further ones are refused"
                );
            }
        }
        if backlog.estimate().rows < cap {
            return Ok(());
        }
        Err(Error::Overloaded {
            retry_after: RETRY_AFTER,
        })
    }
}
