//! `DELETE /admin/users/{id}`

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

error_responses!(DeleteUserErrors: WITH_KEY, WITH_USER);

/// Delete a user
///
/// Deletes an account with all its data. Its events keep the id, as a pseudonym, and no personal
/// data. Needs the scope `users:write`.
#[utoipa::path(
    tag = "users",
    operation_id = "delete_user",
    security(("service_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "The account's id.",
            example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")),
    responses((status = 204, description = "The account is deleted."), DeleteUserErrors)
)]
#[delete("/admin/users/{id}")]
pub async fn delete_user(
    service: web::Data<Service>,
    scoped: Scoped<UsersWrite, UserInPath>,
) -> Result<HttpResponse, Problem> {
    service.remove_account(&scoped.by, scoped.rest.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
