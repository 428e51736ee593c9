//! What accounts and sessions look like from outside; it must not know how they are kept.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{account::user::User, session::Session},
    service::{Caller, NewSession},
};

/// An account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    /// Never changes; UUIDv7.
    #[schema(format = "uuid", example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")]
    id: String,
    /// As written, case kept.
    #[schema(example = "Minji")]
    username: String,
    /// As written.
    #[schema(format = "email", example = "minji@example.com")]
    email: String,
    /// Whether the owner proved to read this mailbox.
    #[schema(example = false)]
    email_verified: bool,
    /// When the account was made; RFC 3339 in UTC with six fraction digits.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    created_at: String,
}

/// That a request was taken, and what is awaited.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Accepted)]
pub struct AcceptedView {
    /// `verification_required`: a code or link out of a mail is to follow. `accepted`: a mail is sent if there is reason to.
    #[schema(value_type = String, inline, schema_with = accepted_statuses)]
    status: &'static str,
}

fn accepted_statuses() -> utoipa::openapi::Object {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .description(Some(
            "`verification_required`: a code or link out of a mail is to follow. `accepted`: a mail is sent if there is reason to.",
        ))
        .enum_values(Some(["verification_required", "accepted"]))
        .build()
}

impl AcceptedView {
    /// A code or link out of a mail is to follow.
    pub const VERIFICATION_REQUIRED: Self = Self {
        status: "verification_required",
    };
    /// A mail is sent if there is reason to, and nobody is told whether.
    pub const ACCEPTED: Self = Self { status: "accepted" };
}

/// A session as it was opened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenedSession)]
pub struct OpenedSessionView {
    /// Names the session; gives no access.
    #[schema(format = "uuid", example = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c")]
    id: String,
    /// The token, shown this once; absent with `transport: "cookie"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        min_length = 47,
        max_length = 47,
        example = "dms_Zk3v0mJqWc1x7b9Yt2LhR8sQeUoPiAaBdCfEgHjKlMn"
    )]
    token: Option<String>,
    /// When the session ends if it is not used; RFC 3339 in UTC with six fraction digits.
    #[schema(format = "date-time", example = "2026-11-23T13:05:09.250000Z")]
    expires_at: String,
}

/// An account and the session that was just opened for it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoggedIn)]
pub struct LoggedInView {
    user: UserView,
    session: OpenedSessionView,
    /// Makes this device a known one, which strangers' failures do not lock out: keep it apart from the session, beyond its end,
    /// and send it with every log-in. It gives no access. Absent with `transport: "cookie"` and from a device that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        min_length = 47,
        max_length = 47,
        example = "dmd_Qm9yZGVyLWNvbGxpZS1pbi10aGUtc25vdy1hdC1kYXc"
    )]
    device_token: Option<String>,
}

/// A session in the list of an account's sessions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// Names the session; gives no access.
    #[schema(format = "uuid", example = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c")]
    id: String,
    /// When it was opened; RFC 3339 in UTC with six fraction digits.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    created_at: String,
    /// When it was last used, to the hour; RFC 3339 in UTC with six fraction digits.
    #[schema(format = "date-time", example = "2026-11-22T14:00:00.000000Z")]
    last_seen_at: String,
    /// When it ends if it is not used again; RFC 3339 in UTC with six fraction digits.
    #[schema(format = "date-time", example = "2026-11-23T13:05:09.250000Z")]
    expires_at: String,
    /// The network address it was opened from.
    #[schema(example = "192.0.2.7")]
    ip: String,
    /// What opened it, as its `User-Agent` said.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64)")]
    user_agent: String,
    /// Whether this request came through it.
    current: bool,
}

/// The sessions of an account, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sessions)]
pub struct SessionsView {
    /// At most 100.
    #[schema(max_items = 100)]
    sessions: Vec<SessionView>,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            username: user.username.as_str().to_owned(),
            email: user.email.as_str().to_owned(),
            email_verified: user.email_verified,
            created_at: user.created_at.rfc3339(),
        }
    }
}

impl LoggedInView {
    /// The view of a session that was opened, with the tokens or without.
    pub fn new(opened: &NewSession, with_token: bool) -> Self {
        Self {
            user: UserView::from(&opened.user),
            session: OpenedSessionView {
                id: opened.session.id.to_string(),
                token: with_token.then(|| opened.token.expose().to_owned()),
                expires_at: opened.session.expires_at.rfc3339(),
            },
            device_token: opened
                .device
                .as_ref()
                .filter(|_| with_token)
                .map(|device| device.expose().to_owned()),
        }
    }
}

impl SessionsView {
    /// The view of the caller's sessions.
    pub fn new(sessions: &[Session], caller: &Caller) -> Self {
        let view = |session: &Session| SessionView {
            id: session.id.to_string(),
            created_at: session.created_at.rfc3339(),
            last_seen_at: session.last_seen_at.rfc3339(),
            expires_at: session.expires_at.rfc3339(),
            ip: session.ip.clone(),
            user_agent: session.user_agent.clone(),
            current: session.id == caller.session.id,
        };
        Self {
            sessions: sessions.iter().map(view).collect(),
        }
    }
}
