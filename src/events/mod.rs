//! Records security events in the transaction of their cause: a row of the audit log, and a message
//! to the webhook. The sinks receive the event once that transaction is committed.

mod log;
mod meters;

use std::time::Duration;

use crate::{
    domain::{
        account::ids::{EventId, UserId},
        event::{EventContext, OccurredEvent},
        timestamp::Timestamp,
    },
    random,
    store::{
        StoreError, Tx,
        tables::{events, webhook_messages},
    },
};

pub use crate::domain::event::SecurityEvent;
pub use log::log;
pub use meters::{EventMeters, EventStatistics};

/// The rows of an account in [`CROWDING_TIME`] from which on its events share rows. Owners come
/// near it by no ordinary use.
const CROWD: i64 = 200;

/// The time in which the rows of an account are counted.
const CROWDING_TIME: Duration = Duration::from_hours(24);

impl SecurityEvent {
    /// Records the event in the transaction that writes its cause: both are committed or neither.
    /// Then the sinks receive the event. Events that share a row are one message to the webhook.
    pub fn record(self, tx: &mut Tx<'_>, context: EventContext) -> Result<(), StoreError> {
        let id = EventId::in_transaction(context.at, tx.occurrences(), random::bytes());
        let event = self;
        let occurred = OccurredEvent { id, event, context };
        let is_crowded = match occurred.repeatable_by() {
            Some(user) => is_crowded(tx, user, occurred.context.at)?,
            None => false,
        };
        let has_new_row = events::insert(tx, &occurred, occurred.roll_up_key(is_crowded))?;
        if has_new_row && tx.publishes(occurred.event.event_type()) {
            webhook_messages::insert(tx, id, occurred.context.at)?;
        }
        tx.emit_after_commit(occurred);
        Ok(())
    }

    /// The event of a cause that writes nothing: an event for the sinks alone.
    #[must_use]
    pub fn unrecorded(self, context: EventContext) -> OccurredEvent {
        OccurredEvent {
            id: EventId::in_transaction(context.at, 0, random::bytes()),
            event: self,
            context,
        }
    }
}

/// Returns whether an account has so many rows that a loop of its client causes them.
fn is_crowded(tx: &mut Tx<'_>, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
    let since = now.minus(CROWDING_TIME);
    Ok(events::count_by_user(tx, user, since)? >= CROWD)
}
