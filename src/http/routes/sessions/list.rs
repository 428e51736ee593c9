//! `GET /sessions`

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::session::Session,
    http::{
        extract::session::Authenticated,
        openapi::error_responses::{self, error_responses},
        problem::Problem,
    },
    service::{Caller, Service},
};

/// A session of the caller's account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionResponse {
    /// The session's id. It gives no access.
    #[schema(format = "uuid", example = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c")]
    id: String,
    /// The time of the login; RFC 3339 in UTC with six fraction digits.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    created_at: String,
    /// The time of the last use, to the hour; RFC 3339 in UTC with six fraction digits.
    #[schema(format = "date-time", example = "2026-11-22T14:00:00.000000Z")]
    last_seen_at: String,
    /// The time at which the session expires if it is not used again; RFC 3339 in UTC with six
    /// fraction digits.
    #[schema(format = "date-time", example = "2026-11-23T13:05:09.250000Z")]
    expires_at: String,
    /// The client IP of the login.
    #[schema(example = "192.0.2.7")]
    ip: String,
    /// The `User-Agent` of the login.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64)")]
    user_agent: String,
    /// `true` for the session of the request.
    current: bool,
}

/// The sessions of an account, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sessions)]
pub struct SessionsResponse {
    /// At most 100.
    #[schema(max_items = 100)]
    sessions: Vec<SessionResponse>,
}

impl SessionsResponse {
    fn new(sessions: &[Session], caller: &Caller) -> Self {
        let response = |session: &Session| SessionResponse {
            id: session.id.to_string(),
            created_at: session.created_at.rfc3339(),
            last_seen_at: session.last_seen_at.rfc3339(),
            expires_at: session.expires_at.rfc3339(),
            ip: session.ip.clone(),
            user_agent: session.user_agent.clone(),
            current: session.id == caller.session.id,
        };
        Self {
            sessions: sessions.iter().map(response).collect(),
        }
    }
}

error_responses!(ListSessionsErrors: error_responses::WITH_SESSION);

/// List sessions
///
/// Returns the sessions of the caller's account, the newest first; at most 100.
#[utoipa::path(
    tag = "sessions",
    operation_id = "list_sessions",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, description = "The sessions.", body = SessionsResponse), ListSessionsErrors)
)]
#[get("/sessions")]
pub async fn list_sessions(
    service: web::Data<Service>,
    Authenticated(caller): Authenticated,
) -> Result<HttpResponse, Problem> {
    let sessions = service.list_sessions(&caller).await?;
    Ok(HttpResponse::Ok().json(SessionsResponse::new(&sessions, &caller)))
}
