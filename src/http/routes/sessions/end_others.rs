//! `DELETE /sessions`

use actix_web::{HttpResponse, delete, web};

use crate::{
    http::{
        extract::session::Authenticated,
        openapi::error_responses::{self, error_responses},
        problem::Problem,
    },
    service::Service,
};

error_responses!(EndOtherSessionsErrors: error_responses::WITH_SESSION, error_responses::WITH_COOKIE);

/// Revoke all other sessions
///
/// Revokes every session of the caller's account except the session of the request.
#[utoipa::path(
    tag = "sessions",
    operation_id = "end_other_sessions",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 204, description = "Only this session remains."), EndOtherSessionsErrors)
)]
#[delete("/sessions")]
pub async fn end_other_sessions(
    service: web::Data<Service>,
    Authenticated(caller): Authenticated,
) -> Result<HttpResponse, Problem> {
    service.end_other_sessions(&caller).await?;
    Ok(HttpResponse::NoContent().finish())
}
