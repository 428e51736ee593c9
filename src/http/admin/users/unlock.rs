//! `POST /admin/users/{id}/unlock`

use actix_web::{HttpResponse, post, web};

use crate::{
    http::{
        admin::{
            codes::{WITH_BODY, WITH_KEY, WITH_USER},
            path::UserInPath,
        },
        extract::{
            json::Valid,
            service_key::scoped::{Scoped, UsersWrite},
        },
        openapi::error_responses::error_responses,
        problem::Problem,
        routes::models::EmptyBody,
    },
    service::Service,
};

error_responses!(UnlockUserErrors: WITH_KEY, WITH_BODY, WITH_USER);

/// Unlock a user
///
/// Clears the failed logins of an account, so that its owner can log in from any device at once.
/// Needs the scope `users:write`.
#[utoipa::path(
    tag = "users",
    operation_id = "unlock_user",
    security(("service_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "The account's id.",
            example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")),
    request_body(content = EmptyBody, description = "`{}`"),
    responses((status = 204, description = "The failed logins are cleared."), UnlockUserErrors)
)]
#[post("/admin/users/{id}/unlock")]
pub async fn unlock_user(
    service: web::Data<Service>,
    scoped: Scoped<UsersWrite, (UserInPath, Valid<EmptyBody>)>,
) -> Result<HttpResponse, Problem> {
    let (user, Valid(())) = scoped.rest;
    service.unlock(&scoped.by, &user.name()).await?;
    Ok(HttpResponse::NoContent().finish())
}
