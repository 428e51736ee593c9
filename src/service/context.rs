//! The context of a request: its caller or visitor, and the session that it asks for.

use crate::{
    domain::{
        account::user::User,
        credential::token::{PlainToken, TokenHash},
        language::Language,
        session::{Session, second_factor::PendingSecondFactor, transport::SessionTransport},
    },
    events::SecurityEvent,
};

/// The session that a request is to open.
#[derive(Clone, Debug)]
pub struct SessionRequest {
    /// The way in which the token reaches the client.
    pub transport: SessionTransport,
    /// `true` for a session that outlives the browser.
    pub remember: bool,
    /// The client IP.
    pub ip: String,
    /// The `User-Agent` of the request.
    pub user_agent: String,
    /// The language of the client.
    pub language: Language,
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
    /// The client IP of the request, which may differ from that of the login.
    pub ip: String,
    /// The language of the client.
    pub language: Language,
}

/// The client of a request without a session.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The client IP.
    pub ip: String,
    /// The language of the client.
    pub language: Language,
}

impl NewSession {
    /// Records that a login, or a code or link, opened the session.
    pub(super) fn record_login(&self) {
        SecurityEvent::LoginSucceeded {
            user: self.user.id,
            session: self.session.id,
        }
        .record(&self.session.ip);
    }
}

impl Caller {
    /// Returns the client without the session.
    #[must_use]
    pub fn visitor(&self) -> Visitor {
        Visitor {
            ip: self.ip.clone(),
            language: self.language,
        }
    }
}
