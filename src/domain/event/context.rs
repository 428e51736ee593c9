//! The context of an event: who caused it, when, from where, and the account it is about.

use std::fmt;

use crate::domain::{
    account::ids::{SessionId, UserId},
    client::Client,
    event::RollUp,
    timestamp::Timestamp,
};

/// The one who causes an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The owner of the account.
    Owner,
    /// An operator, by the command line or by the settings.
    Operator,
    /// Another service, by its key of this name.
    Service(String),
    /// A client that has not proven to be the owner.
    Anonymous,
}

impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner => formatter.write_str("owner"),
            Self::Operator => formatter.write_str("operator"),
            Self::Service(name) => write!(formatter, "service:{name}"),
            Self::Anonymous => formatter.write_str("anonymous"),
        }
    }
}

/// The context of an event.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is named after its type")]
pub struct EventContext {
    pub actor: Actor,
    pub at: Timestamp,
    /// The account that the event is about.
    pub user: Option<UserId>,
    /// The session that the event is about, else the one in which it happened.
    pub session: Option<SessionId>,
    /// The client of the request. An operator's command has none.
    pub client: Option<Client>,
    /// The subject for which events are one row.
    pub roll_up: Option<RollUp>,
}

impl EventContext {
    /// The context of an operator's deed, on an account or on none.
    #[must_use]
    pub const fn operator(user: Option<UserId>, at: Timestamp) -> Self {
        Self {
            actor: Actor::Operator,
            at,
            user,
            session: None,
            client: None,
            roll_up: None,
        }
    }

    /// The same context with the session that the event is about.
    #[must_use]
    pub fn in_session(self, session: SessionId) -> Self {
        Self {
            session: Some(session),
            ..self
        }
    }

    /// The same context, in which events of one type and subject are one row.
    #[must_use]
    pub fn rolled_up(self, roll_up: RollUp) -> Self {
        Self {
            roll_up: Some(roll_up),
            ..self
        }
    }
}

impl Client {
    /// The context of a deed of an account's owner at this client.
    #[must_use]
    pub fn as_owner(&self, user: UserId, at: Timestamp) -> EventContext {
        EventContext {
            actor: Actor::Owner,
            client: Some(self.clone()),
            ..EventContext::operator(Some(user), at)
        }
    }

    /// The context of a deed of another service with a key of this name, on an account or on none.
    #[must_use]
    pub fn as_service(&self, name: &str, user: Option<UserId>, at: Timestamp) -> EventContext {
        EventContext {
            actor: Actor::Service(name.to_owned()),
            client: Some(self.clone()),
            ..EventContext::operator(user, at)
        }
    }

    /// The context of an attempt of this client, at an account or at none.
    #[must_use]
    pub fn as_anonymous(&self, account: Option<UserId>, at: Timestamp) -> EventContext {
        EventContext {
            actor: Actor::Anonymous,
            client: Some(self.clone()),
            ..EventContext::operator(account, at)
        }
    }
}
