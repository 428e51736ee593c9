//! An event that occurred, with its context.

use super::{
    context::{Actor, EventContext},
    kind::SecurityEvent,
    roll_up::{Recording, RollUp},
};
use crate::domain::account::ids::EventId;

/// An event that occurred. The sinks of events receive it after its transaction was committed.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is named after its type")]
pub struct OccurredEvent {
    pub id: EventId,
    pub event: SecurityEvent,
    pub context: EventContext,
}

impl OccurredEvent {
    /// Returns the key of the row that the event shares with others of its subject. An operator's
    /// deed has a row of its own: no client can repeat it.
    #[must_use]
    pub fn roll_up_key(&self) -> Option<String> {
        if self.context.actor == Actor::Operator {
            return None;
        }
        let roll_up = match self.event.event_type().recording() {
            Recording::Single => None,
            Recording::Counted | Recording::Sampled => {
                let of_account = self.context.user.map(RollUp::Account);
                self.context.roll_up.or(of_account)
            }
        };
        roll_up.map(|roll_up| roll_up.key(&self.event, self.context.at))
    }
}
