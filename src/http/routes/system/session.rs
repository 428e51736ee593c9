//! `GET /session`

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::session::Session,
    http::{
        extract::{cookie, session::PresentedSession},
        openapi::error_responses::{self, error_responses},
        routes::models::UserResponse,
        settings::Settings,
    },
};

/// The account and the session of a request. Both are `null` without a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CurrentSession)]
pub struct CurrentSessionResponse {
    /// The account, or `null` without a session.
    #[schema(required = true)]
    user: Option<UserResponse>,
    /// The session, or `null`.
    #[schema(required = true)]
    session: Option<LiveSessionResponse>,
}

/// A session that has not ended, as its login returned it, without the token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LiveSession)]
pub struct LiveSessionResponse {
    /// The session's id. It gives no access.
    #[schema(format = "uuid", example = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c")]
    id: String,
    /// The time at which the session expires if it is not used again; RFC 3339 in UTC with six
    /// fraction digits.
    #[schema(format = "date-time", example = "2026-11-23T13:05:09.250000Z")]
    expires_at: String,
}

impl From<&Session> for LiveSessionResponse {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.to_string(),
            expires_at: session.expires_at.rfc3339(),
        }
    }
}

error_responses!(GetSessionErrors: error_responses::WITH_SESSION);

/// Get the current session
///
/// Returns the account and the session of the request, or `null` for both: a page calls this when
/// it loads, and a visitor without a session is no error. No authentication is needed.
///
/// The cookie of a session that has ended is cleared. An invalid bearer token of this service is
/// `not_authenticated` 401, as on every other route.
#[utoipa::path(
    tag = "sessions",
    operation_id = "get_session",
    security((), ("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The account and the session, or `null` for both.", body = CurrentSessionResponse,
         headers(("Set-Cookie" = String, description = "Clears the cookie of a session that has ended."))),
        GetSessionErrors
    )
)]
#[get("/session")]
pub async fn get_session(
    request: HttpRequest,
    settings: web::Data<Settings>,
    PresentedSession {
        caller,
        has_dead_cookie,
    }: PresentedSession,
) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if has_dead_cookie {
        response.cookie(cookie::dead(&request, &settings));
    }
    response.json(CurrentSessionResponse {
        user: caller
            .as_ref()
            .map(|caller| UserResponse::from(&caller.user)),
        session: caller
            .as_ref()
            .map(|caller| LiveSessionResponse::from(&caller.session)),
    })
}
