//! `POST /me/recovery-codes`

use actix_web::{HttpResponse, post, web};

use super::recovery_codes::RecoveryCodesResponse;
use crate::{
    http::{
        extract::session::confirmed::ConfirmedJson,
        openapi::error_responses::{self, error_responses},
        problem::{Problem, code::ProblemCode},
        routes::models::EmptyBody,
    },
    service::Service,
};

error_responses!(CreateRecoveryCodesErrors:
    error_responses::WITH_CONFIRMATION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::SecondFactorNotSetUp],
);

/// Replace the recovery codes
///
/// Returns ten new recovery codes. The old ones are not valid any more. The session has to be
/// confirmed: see `POST /me/confirm`.
#[utoipa::path(
    tag = "second factors",
    operation_id = "create_recovery_codes",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = EmptyBody, description = "An empty object."),
    responses(
        (status = 200, description = "The new codes. They are shown once.", body = RecoveryCodesResponse),
        CreateRecoveryCodesErrors
    )
)]
#[post("/me/recovery-codes")]
pub async fn create_recovery_codes(
    service: web::Data<Service>,
    ConfirmedJson(caller, ()): ConfirmedJson<EmptyBody>,
) -> Result<HttpResponse, Problem> {
    let codes = service.create_recovery_codes(&caller).await?;
    Ok(HttpResponse::Ok().json(RecoveryCodesResponse::new(&codes)))
}
