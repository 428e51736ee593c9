//! Records security events: a row of the audit log in the transaction of the cause, and the sinks
//! that receive the event once that transaction is committed.

mod log;
mod meters;

use crate::{
    domain::{
        account::ids::EventId,
        event::{EventContext, OccurredEvent},
    },
    random,
    store::{StoreError, Tx, tables::events},
};

pub use crate::domain::event::SecurityEvent;
pub use log::log;
pub use meters::{EventMeters, EventStatistics};

impl SecurityEvent {
    /// Records the event in the transaction that writes its cause: both are committed or neither.
    /// Then the sinks receive the event.
    pub fn record(self, tx: &mut Tx<'_>, context: EventContext) -> Result<(), StoreError> {
        let id = EventId::in_transaction(context.at, tx.occurrences(), random::bytes());
        let event = self;
        let occurred = OccurredEvent { id, event, context };
        events::insert(tx, &occurred)?;
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
