//! `DELETE /admin/users/{id}/sessions`

use actix_web::{HttpResponse, delete, web};

use crate::{
    http::{
        admin::{
            codes::{WITH_KEY, WITH_USER},
            path::UserInPath,
        },
        extract::service_key::scoped::{Scoped, UsersWrite},
        openapi::error_responses::error_responses,
        problem::Problem,
    },
    service::Service,
};

error_responses!(EndUserSessionsErrors: WITH_KEY, WITH_USER);

/// Revoke a user's sessions
///
/// Revokes every session of an account. Needs the scope `users:write`.
#[utoipa::path(
    tag = "user sessions",
    operation_id = "end_user_sessions",
    security(("service_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "The account's id.",
            example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")),
    responses((status = 204, description = "The account has no session."), EndUserSessionsErrors)
)]
#[delete("/admin/users/{id}/sessions")]
pub async fn end_user_sessions(
    service: web::Data<Service>,
    scoped: Scoped<UsersWrite, UserInPath>,
) -> Result<HttpResponse, Problem> {
    let name = scoped.rest.name();
    let _revoked: usize = service.end_sessions_of(&scoped.by, &name).await?;
    Ok(HttpResponse::NoContent().finish())
}
