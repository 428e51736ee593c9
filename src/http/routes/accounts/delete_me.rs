//! `DELETE /me`

use actix_web::{HttpResponse, delete, web};

use crate::{
    http::{
        extract::{cookie, session::confirmed::Confirmed},
        openapi::error_responses::{self, error_responses},
        problem::Problem,
        settings::Settings,
    },
    service::Service,
};

error_responses!(DeleteMeErrors: error_responses::WITH_CONFIRMATION, error_responses::WITH_COOKIE);

/// Delete the current user
///
/// Permanently deletes the account and all its data. The session has to be confirmed: see
/// `POST /me/confirm`.
#[utoipa::path(
    tag = "me",
    operation_id = "delete_me",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "The account is deleted.",
         headers(("Set-Cookie" = String, description = "Clears the session cookie."))),
        DeleteMeErrors
    )
)]
#[delete("/me")]
pub async fn delete_me(
    service: web::Data<Service>,
    settings: web::Data<Settings>,
    Confirmed(caller): Confirmed,
) -> Result<HttpResponse, Problem> {
    service.delete_account(&caller).await?;
    let mut response = HttpResponse::NoContent();
    cookie::clear(&mut response, &settings);
    Ok(response.finish())
}
