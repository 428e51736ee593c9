//! `DELETE /sessions/{id}`

use actix_web::{HttpRequest, HttpResponse, delete, web};

use crate::{
    domain::account::ids::SessionId,
    http::{
        extract::{cookie, session::Authenticated},
        openapi::error_responses::{self, error_responses},
        problem::{Problem, code::ProblemCode},
        settings::Settings,
    },
    service::Service,
};

error_responses!(EndSessionErrors:
    error_responses::WITH_SESSION, error_responses::WITH_COOKIE, &[ProblemCode::SessionNotFound]);

/// Revoke a session
///
/// Revokes a session of the caller's account. Its token is rejected from the next request on. A
/// session of another account returns 404.
#[utoipa::path(
    tag = "sessions",
    operation_id = "end_session",
    security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path, format = "uuid", description = "The session's id, from the list.",
            example = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c")),
    responses(
        (status = 204, description = "The session is revoked.",
         headers(("Set-Cookie" = String, description = "Clears the cookie if it was the session of the request."))),
        EndSessionErrors
    )
)]
#[delete("/sessions/{id}")]
pub async fn end_session(
    request: HttpRequest,
    service: web::Data<Service>,
    settings: web::Data<Settings>,
    Authenticated(caller): Authenticated,
) -> Result<HttpResponse, Problem> {
    let id = request.match_info().get("id").and_then(SessionId::parse);
    let id = id.ok_or(Problem::new(ProblemCode::SessionNotFound))?;
    service.end_session(&caller, id).await?;
    let mut response = HttpResponse::NoContent();
    if id == caller.session.id {
        cookie::clear(&mut response, &settings);
    }
    Ok(response.finish())
}
