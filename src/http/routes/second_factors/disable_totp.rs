//! `DELETE /me/totp`

use actix_web::{HttpResponse, delete, web};

use crate::{
    http::{
        extract::session::confirmed::Confirmed,
        openapi::error_responses::{self, error_responses},
        problem::Problem,
    },
    service::Service,
};

error_responses!(DisableTotpErrors: error_responses::WITH_CONFIRMATION, error_responses::WITH_COOKIE);

/// Remove the authenticator app
///
/// Removes the app and a pending set-up. Logins that wait for a second factor have to start again.
/// If no passkey is left, the recovery codes are deleted and no device is trusted any more.
///
/// Without an app the response is the same. The session has to be confirmed: see
/// `POST /me/confirm`.
#[utoipa::path(
    tag = "second factors",
    operation_id = "disable_totp",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 204, description = "The account has no authenticator app."), DisableTotpErrors)
)]
#[delete("/me/totp")]
pub async fn disable_totp(
    service: web::Data<Service>,
    Confirmed(caller): Confirmed,
) -> Result<HttpResponse, Problem> {
    service.disable_totp(&caller).await?;
    Ok(HttpResponse::NoContent().finish())
}
