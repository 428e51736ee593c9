//! `DELETE /admin/users/{id}/second-factors`

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

error_responses!(ResetUserSecondFactorsErrors: WITH_KEY, WITH_USER);

/// Remove a user's second factors
///
/// Removes the authenticator app, the passkeys, the recovery codes and the trust in devices, and
/// notifies the owner by mail. Sessions stay. Needs the scope `users:write`.
#[utoipa::path(
    tag = "users",
    operation_id = "reset_user_second_factors",
    security(("service_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "The account's id.",
            example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")),
    responses((status = 204, description = "The account has no second factor."), ResetUserSecondFactorsErrors)
)]
#[delete("/admin/users/{id}/second-factors")]
pub async fn reset_user_second_factors(
    service: web::Data<Service>,
    scoped: Scoped<UsersWrite, UserInPath>,
) -> Result<HttpResponse, Problem> {
    let name = scoped.rest.name();
    service.reset_second_factors(&scoped.by, &name).await?;
    Ok(HttpResponse::NoContent().finish())
}
