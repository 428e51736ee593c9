//! An event that occurred, with its context.

use super::{
    context::{Actor, EventContext},
    kind::SecurityEvent,
    roll_up::{Recording, RollUp},
};
use crate::domain::account::ids::{EventId, UserId};

/// An event that occurred. The sinks of events receive it after its transaction was committed.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is named after its type")]
pub struct OccurredEvent {
    pub id: EventId,
    pub event: SecurityEvent,
    pub context: EventContext,
}

impl OccurredEvent {
    /// Returns the account whose client can repeat the event without end, if it has a row of its
    /// own.
    #[must_use]
    pub fn repeatable_by(&self) -> Option<UserId> {
        let is_single = self.event.event_type().recording() == Recording::Single;
        self.context
            .user
            .filter(|_| is_single && self.is_by_client())
    }

    /// Returns the key of the row that the event shares with others of its subject. An operator's
    /// deed has a row of its own: no client can repeat it. `is_crowded` is whether the account has
    /// too many rows for one more.
    #[must_use]
    pub fn roll_up_key(&self, is_crowded: bool) -> Option<String> {
        if !self.is_by_client() {
            return None;
        }
        let roll_up = match self.event.event_type().recording() {
            Recording::Single => self.of_account().filter(|_| is_crowded),
            Recording::Counted | Recording::Sampled => self.context.roll_up.or(self.of_account()),
        };
        roll_up.map(|roll_up| roll_up.key(&self.event, self.context.at))
    }

    fn of_account(&self) -> Option<RollUp> {
        self.context.user.map(RollUp::Account)
    }

    const fn is_by_client(&self) -> bool {
        matches!(self.context.actor, Actor::Owner | Actor::Anonymous)
    }
}
