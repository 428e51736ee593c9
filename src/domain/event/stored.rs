//! Events as the audit log lists them.

use serde_json::{Map, Value};

use super::{context::Actor, kind::EventType};
use crate::domain::{
    account::ids::{EventId, UserId},
    timestamp::Timestamp,
};

/// An event of the audit log. Its texts are as they are stored: a later release may have written
/// a type that this one lacks.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is named after its column")]
pub struct Event {
    pub id: EventId,
    pub name: String,
    pub at: Timestamp,
    pub user_id: Option<String>,
    pub actor: String,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub session_id: Option<String>,
    pub request_id: Option<String>,
    /// The members of its own. Several events in one row have a `count`, and the time of the last.
    pub detail: Option<Map<String, Value>>,
}

impl Event {
    /// An event of an operator's command, about no account.
    #[must_use]
    pub fn of_operator(id: EventId, name: &str, at: Timestamp) -> Self {
        Self {
            id,
            name: name.to_owned(),
            at,
            user_id: None,
            actor: Actor::Operator.to_string(),
            ip: None,
            user_agent: None,
            session_id: None,
            request_id: None,
            detail: None,
        }
    }

    /// The event as the owner of its account reads it. The address and the program of an operator
    /// or a service are not the owner's data.
    #[must_use]
    pub fn for_owner(self) -> Self {
        let is_of_clients = [Actor::Owner, Actor::Anonymous]
            .iter()
            .any(|actor| actor.to_string() == self.actor);
        if is_of_clients {
            return self;
        }
        Self {
            ip: None,
            user_agent: None,
            ..self
        }
    }
}

/// A query of the audit log.
#[derive(Clone, Debug, Default)]
pub struct EventQuery {
    /// The account that the events are about.
    pub user: Option<UserId>,
    /// The types of the events; empty for all.
    pub types: Vec<EventType>,
    /// The time of the earliest event.
    pub since: Option<Timestamp>,
    /// The time before which every event is.
    pub until: Option<Timestamp>,
    /// The event before which the page ends, in a list with the newest first.
    pub before: Option<EventId>,
    /// The event after which the page begins, in a list with the oldest first.
    pub after: Option<EventId>,
    /// Events at most.
    pub limit: i64,
}
