//! The context of a request: its caller, and the session that it asks for.

use crate::domain::{
    account::user::User,
    client::Client,
    credential::token::{PlainToken, TokenHash},
    event::EventContext,
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
