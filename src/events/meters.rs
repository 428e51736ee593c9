//! The metrics as a sink of events.

use crate::{
    domain::event::{EventType, OccurredEvent, SecurityEvent},
    meter::{Counter, CounterSet, reading_of},
};

/// Counts events by type, and the sessions that they opened and revoked.
#[derive(Debug)]
pub struct EventMeters {
    events: CounterSet<EventType>,
    sessions_created: Counter,
    sessions_revoked: Counter,
}

/// The number of events since the start.
#[derive(Clone, Debug, Default)]
pub struct EventStatistics {
    /// Each type with its number.
    pub counts: Vec<(&'static str, u64)>,
    /// The sessions that were opened.
    pub sessions_created: u64,
    /// The sessions that were revoked.
    pub sessions_revoked: u64,
}

impl Default for EventMeters {
    fn default() -> Self {
        Self {
            events: CounterSet::new(EventType::ALL.iter().copied()),
            sessions_created: Counter::new(),
            sessions_revoked: Counter::new(),
        }
    }
}

impl EventMeters {
    /// Counts an event.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "most events neither open nor revoke a session"
    )]
    pub fn count(&self, occurred: &OccurredEvent) {
        let OccurredEvent { event, context, .. } = occurred;
        self.events.increment(event.event_type());
        match event {
            SecurityEvent::LoginSucceeded { .. } => self.sessions_created.increment(),
            SecurityEvent::UserSignedUp if context.session.is_some() => {
                self.sessions_created.increment();
            }
            SecurityEvent::SessionRevoked => self.sessions_revoked.increment(),
            SecurityEvent::SessionsRevoked { sessions } => {
                self.sessions_revoked.add(reading_of(*sessions));
            }
            _ => {}
        }
    }

    /// Returns the numbers so far.
    #[must_use]
    pub fn statistics(&self) -> EventStatistics {
        let counts = self.events.values();
        EventStatistics {
            counts: counts.map(|(kind, count)| (kind.name(), count)).collect(),
            sessions_created: self.sessions_created.value(),
            sessions_revoked: self.sessions_revoked.value(),
        }
    }
}
