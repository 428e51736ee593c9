//! `GET /admin/users/{id}`

use actix_web::{HttpResponse, get, web};

use super::response::AdminUserResponse;
use crate::{
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

error_responses!(GetUserErrors: WITH_KEY, WITH_USER);

/// Get a user
///
/// Returns an account with its state. Needs the scope `users:read`.
#[utoipa::path(
    tag = "users",
    operation_id = "get_user",
    security(("service_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "The account's id.",
            example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")),
    responses((status = 200, description = "The account.", body = AdminUserResponse), GetUserErrors)
)]
#[get("/admin/users/{id}")]
pub async fn get_user(
    service: web::Data<Service>,
    scoped: Scoped<UsersRead, UserInPath>,
) -> Result<HttpResponse, Problem> {
    let account = service.show_account(&scoped.rest.name()).await?;
    Ok(HttpResponse::Ok().json(AdminUserResponse::from(&account)))
}
