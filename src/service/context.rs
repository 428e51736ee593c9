//! The context of a request or a command: its caller, and the session that it asks for.

use crate::domain::{
    account::{identifier::Identifier, ids::UserId, user::User},
    client::Client,
    credential::token::{PlainToken, TokenHash},
    event::EventContext,
    language::Language,
    session::{Session, second_factor::PendingSecondFactor, transport::SessionTransport},
    timestamp::Timestamp,
};

/// The session that a request is to open.
#[derive(Clone, Debug)]
pub struct SessionRequest {
    /// The way in which the token reaches the client.
    pub transport: SessionTransport,
    /// `true` for a session that outlives the browser.
    pub remember: bool,
    /// The client.
    pub client: Client,
    /// The device token that the client presented.
    pub device: Option<TokenHash>,
    /// The sessions that this one replaces: those of the browser's cookie.
    pub replaces: Vec<TokenHash>,
}

/// A session that was just opened, with the only copy of its token.
#[derive(Debug)]
pub struct NewSession {
    /// The account.
    pub user: User,
    /// The session.
    pub session: Session,
    /// The token of the session.
    pub token: PlainToken,
    /// The token of the device, where it was not recognized.
    pub device: Option<PlainToken>,
}

/// The outcome of proofs that are enough for a session, or for its first factor.
#[derive(Debug)]
#[must_use]
pub enum SessionOutcome {
    /// The session is open.
    Opened(Box<NewSession>),
    /// The account has a second factor, and the client has to present it.
    SecondFactorRequired(PendingSecondFactor),
}

/// The caller of a request with a session.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account.
    pub user: User,
    /// The session of the request.
    pub session: Session,
    /// The client of the request, which may differ from that of the login.
    pub client: Client,
}

impl Caller {
    /// Returns the context of an event that the caller causes.
    #[must_use]
    pub fn context(&self, now: Timestamp) -> EventContext {
        let context = self.client.as_owner(self.user.id, now);
        context.in_session(self.session.id)
    }
}

/// The one who administers accounts.
#[derive(Clone, Debug)]
pub enum Administrator {
    /// An operator, by the command line.
    Operator,
    /// Another service, by its key of this name.
    Service {
        /// The name of the key.
        name: String,
        /// The client of the request.
        client: Client,
    },
}

impl Administrator {
    /// Returns the context of an event about an account or none.
    #[must_use]
    pub fn context(&self, user: Option<UserId>, now: Timestamp) -> EventContext {
        match self {
            Self::Operator => EventContext::operator(user, now),
            Self::Service { name, client } => client.as_service(name, user, now),
        }
    }

    /// Returns the language of the mails to people that never chose one.
    #[must_use]
    pub const fn language(&self) -> Language {
        match self {
            Self::Operator => Language::English,
            Self::Service { client, .. } => client.language,
        }
    }
}

/// The name of the account that is administered.
#[derive(Clone, Debug)]
pub enum AccountName {
    /// Its id.
    Id(UserId),
    /// Its username or email.
    Identifier(Identifier),
}

impl AccountName {
    /// Returns the name of the account with this username or email.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::Identifier(Identifier::of(text))
    }
}
