//! `DELETE /me/devices/{id}`

use actix_web::{HttpRequest, HttpResponse, delete, web};

use crate::{
    domain::account::ids::DeviceId,
    http::{
        extract::session::Authenticated,
        openapi::error_responses::{self, error_responses},
        problem::{Problem, code::ProblemCode},
    },
    service::Service,
};

error_responses!(ForgetDeviceErrors:
    error_responses::WITH_SESSION, error_responses::WITH_COOKIE, &[ProblemCode::DeviceNotFound]);

/// Forget a device
///
/// Forgets a recognized device of the caller's account. It is not trusted any more: its next login
/// needs the second factor. Its sessions stay valid. A device of another account returns 404.
#[utoipa::path(
    tag = "sessions",
    operation_id = "forget_device",
    security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path, format = "uuid", description = "The device's id, from the list.",
            example = "019aab12-3c4e-7b21-8e4f-7d8c9b0a1f2e")),
    responses((status = 204, description = "The device is forgotten."), ForgetDeviceErrors)
)]
#[delete("/me/devices/{id}")]
pub async fn forget_device(
    request: HttpRequest,
    service: web::Data<Service>,
    Authenticated(caller): Authenticated,
) -> Result<HttpResponse, Problem> {
    let id = request.match_info().get("id").and_then(DeviceId::parse);
    let id = id.ok_or(Problem::new(ProblemCode::DeviceNotFound))?;
    service.forget_device(&caller, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
