//! `GET /admin/users/{id}/sessions`

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::session::Session,
    http::{
        admin::{
            codes::{WITH_KEY, WITH_USER},
            path::UserInPath,
        },
        extract::service_key::scoped::{Scoped, UsersRead},
        openapi::error_responses::error_responses,
        problem::Problem,
    },
    service::Service,
};

/// A session of an account. Times are RFC 3339 in UTC with six fraction digits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserSession)]
pub struct UserSessionResponse {
    /// The session's id. It gives no access.
    #[schema(format = "uuid", example = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c")]
    id: String,
    /// The time of the login.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    created_at: String,
    /// The time of the last use, to the hour.
    #[schema(format = "date-time", example = "2026-11-22T14:00:00.000000Z")]
    last_seen_at: String,
    /// The time at which the session expires if it is not used again.
    #[schema(format = "date-time", example = "2026-11-23T13:05:09.250000Z")]
    expires_at: String,
    /// The client IP of the login.
    #[schema(example = "192.0.2.7")]
    ip: String,
    /// The `User-Agent` of the login.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64)")]
    user_agent: String,
}

/// The sessions of an account, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserSessions)]
pub struct UserSessionsResponse {
    /// At most 100.
    #[schema(max_items = 100)]
    sessions: Vec<UserSessionResponse>,
}

impl From<&Session> for UserSessionResponse {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.to_string(),
            created_at: session.created_at.rfc3339(),
            last_seen_at: session.last_seen_at.rfc3339(),
            expires_at: session.expires_at.rfc3339(),
            ip: session.ip.clone(),
            user_agent: session.user_agent.clone(),
        }
    }
}

error_responses!(ListUserSessionsErrors: WITH_KEY, WITH_USER);

/// List a user's sessions
///
/// Returns the active sessions of an account, the newest first; at most 100. Needs the scope
/// `users:read`.
#[utoipa::path(
    tag = "user sessions",
    operation_id = "list_user_sessions",
    security(("service_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "The account's id.",
            example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")),
    responses((status = 200, description = "The sessions.", body = UserSessionsResponse), ListUserSessionsErrors)
)]
#[get("/admin/users/{id}/sessions")]
pub async fn list_user_sessions(
    service: web::Data<Service>,
    scoped: Scoped<UsersRead, UserInPath>,
) -> Result<HttpResponse, Problem> {
    let sessions = service.list_sessions_of(&scoped.rest.name()).await?;
    let sessions = sessions.iter().map(UserSessionResponse::from).collect();
    Ok(HttpResponse::Ok().json(UserSessionsResponse { sessions }))
}
