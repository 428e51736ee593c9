//! `DELETE /me/devices`

use actix_web::{HttpResponse, delete, web};

use crate::{
    http::{
        extract::session::Authenticated,
        openapi::error_responses::{self, error_responses},
        problem::Problem,
    },
    service::Service,
};

error_responses!(ForgetOtherDevicesErrors: error_responses::WITH_SESSION, error_responses::WITH_COOKIE);

/// Forget all other devices
///
/// Forgets every recognized device of the caller's account except the one of the session. None of
/// them is trusted any more. Their sessions stay valid.
#[utoipa::path(
    tag = "sessions",
    operation_id = "forget_other_devices",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 204, description = "Only this device is recognized."), ForgetOtherDevicesErrors)
)]
#[delete("/me/devices")]
pub async fn forget_other_devices(
    service: web::Data<Service>,
    Authenticated(caller): Authenticated,
) -> Result<HttpResponse, Problem> {
    service.forget_other_devices(&caller).await?;
    Ok(HttpResponse::NoContent().finish())
}
