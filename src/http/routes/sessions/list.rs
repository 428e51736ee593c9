//! `/sessions`: where the caller is logged in

use actix_web::{HttpRequest, HttpResponse, delete, get, web};

use crate::{
    domain::account::ids::SessionId,
    http::{
        extract::{cookie, session::LoggedIn},
        openapi::error_responses::{self, failures},
        problem::{Problem, code::Code},
        routes::models::SessionsView,
        settings::Settings,
    },
    service::Service,
};

failures!(ListFailures: error_responses::WITH_SESSION);

/// List my sessions
///
/// Where the account is logged in, the newest session first; at most 100.
#[utoipa::path(
    tag = "sessions",
    operation_id = "list_sessions",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, description = "The sessions.", body = SessionsView), ListFailures)
)]
#[get("/sessions")]
pub async fn list_sessions(
    service: web::Data<Service>,
    LoggedIn(caller): LoggedIn,
) -> Result<HttpResponse, Problem> {
    let sessions = service.list_sessions(&caller).await?;
    Ok(HttpResponse::Ok().json(SessionsView::new(&sessions, &caller)))
}

failures!(EndFailures: error_responses::WITH_SESSION, error_responses::WITH_COOKIE, &[Code::SessionNotFound]);

/// End one of my sessions
///
/// Ends a session of the caller's account; its token is refused from the next request on. Another account's session is
/// not found.
#[utoipa::path(
    tag = "sessions",
    operation_id = "end_session",
    security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path, format = "uuid", description = "The session's id, from the list.",
            example = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c")),
    responses(
        (status = 204, description = "The session has ended.",
         headers(("Set-Cookie" = String, description = "Clears the cookie where it was this session's."))),
        EndFailures
    )
)]
#[delete("/sessions/{id}")]
pub async fn end_session(
    request: HttpRequest,
    service: web::Data<Service>,
    settings: web::Data<Settings>,
    LoggedIn(caller): LoggedIn,
) -> Result<HttpResponse, Problem> {
    let id = request.match_info().get("id").and_then(SessionId::parse);
    let id = id.ok_or(Problem::new(Code::SessionNotFound))?;
    service.end_session(&caller, id).await?;
    let mut response = HttpResponse::NoContent();
    if id == caller.session.id {
        response.cookie(cookie::cleared(&settings));
    }
    Ok(response.finish())
}

failures!(EndOthersFailures: error_responses::WITH_SESSION, error_responses::WITH_COOKIE);

/// End my other sessions
///
/// Ends every session of the account but the one that the request comes through.
#[utoipa::path(
    tag = "sessions",
    operation_id = "end_other_sessions",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 204, description = "Only this session is left."), EndOthersFailures)
)]
#[delete("/sessions")]
pub async fn end_other_sessions(
    service: web::Data<Service>,
    LoggedIn(caller): LoggedIn,
) -> Result<HttpResponse, Problem> {
    service.end_other_sessions(&caller).await?;
    Ok(HttpResponse::NoContent().finish())
}
