//! `DELETE /admin/users/{id}/sessions/{session}`

use actix_web::{HttpResponse, delete, web};

use crate::{
    http::{
        admin::{
            codes::{WITH_KEY, WITH_USER},
            path::{SessionInPath, UserInPath},
        },
        extract::service_key::scoped::{Scoped, UsersWrite},
        openapi::error_responses::error_responses,
        problem::{Problem, code::ProblemCode},
    },
    service::Service,
};

error_responses!(EndUserSessionErrors: WITH_KEY, WITH_USER, &[ProblemCode::SessionNotFound]);

/// Revoke a session of a user
///
/// Revokes one session of an account. Needs the scope `users:write`.
#[utoipa::path(
    tag = "user sessions",
    operation_id = "end_user_session",
    security(("service_key" = [])),
    params(
        ("id" = String, Path, format = "uuid", description = "The account's id.",
         example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b"),
        ("session" = String, Path, format = "uuid", description = "The session's id, from the list.",
         example = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c")
    ),
    responses((status = 204, description = "The session is revoked."), EndUserSessionErrors)
)]
#[delete("/admin/users/{id}/sessions/{session}")]
pub async fn end_user_session(
    service: web::Data<Service>,
    scoped: Scoped<UsersWrite, (UserInPath, SessionInPath)>,
) -> Result<HttpResponse, Problem> {
    let (user, SessionInPath(session)) = scoped.rest;
    let name = user.name();
    service.end_session_of(&scoped.by, &name, session).await?;
    Ok(HttpResponse::NoContent().finish())
}
