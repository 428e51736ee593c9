//! The roll-up of events that clients without a session cause: for each account or client IP at
//! first, and for all together once the rows reach a cap. So no flood of them fills the disk.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::{
    domain::{
        account::ids::UserId,
        client::{Client, network::Network},
        event::{EventContext, RollUp},
        timestamp::Timestamp,
    },
    store::tables::events,
    throttle::{Error, Throttle},
};

/// The number of rolled-up rows: counted by each purge, plus every event since.
#[derive(Debug, Default)]
pub(in crate::throttle) struct RolledUpRows(AtomicI64);

impl Throttle {
    /// Returns the context of an attempt at an account or at none. The events of an account, or of
    /// a client IP without one, are rolled up.
    #[must_use]
    pub fn attempted(
        &self,
        client: &Client,
        account: Option<UserId>,
        now: Timestamp,
    ) -> EventContext {
        let rows = self.0.rolled_up.0.fetch_add(1, Ordering::Relaxed);
        let cap = self.0.limits.map_or(u32::MAX, |limits| limits.events);
        let roll_up = if rows >= i64::from(cap) {
            RollUp::All
        } else {
            match account {
                Some(account) => RollUp::Account(account),
                None => RollUp::Network(Network::of_text(&client.ip)),
            }
        };
        client.as_anonymous(account, now).rolled_up(roll_up)
    }

    /// Counts the rolled-up rows, after expired ones were deleted.
    pub async fn count_rolled_up(&self) -> Result<(), Error> {
        let estimate = &self.0.rolled_up.0;
        let before = estimate.load(Ordering::Relaxed);
        let rows = self.0.database.read(events::count_rolled_up).await?;
        estimate.fetch_add(rows - before, Ordering::Relaxed);
        Ok(())
    }
}
