//! `POST /me/totp/verify`

use actix_web::{HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::recovery_codes::RecoveryCodesResponse;
use crate::{
    http::{
        extract::{json::RequestBody, session::AuthenticatedJson},
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        settings::Rules,
    },
    service::Service,
};

/// A code of the authenticator app.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = VerifyTotp)]
pub struct VerifyTotpBody {
    /// The six digits that the app shows. Blanks and hyphens are ignored, and digits of any script
    /// are accepted.
    #[schema(example = "287082")]
    code: String,
}

impl RequestBody for VerifyTotpBody {
    type Value = String;
    const WHOLE: &'static str = "code";

    fn value(self, _rules: &Rules) -> Result<String, FieldError> {
        Ok(self.code)
    }
}

error_responses!(VerifyTotpErrors:
    error_responses::WITH_CONFIRMATION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::TotpAlreadyEnabled, ProblemCode::TotpNotStarted, ProblemCode::CodeInvalid, ProblemCode::TooManyRequests],
);

/// Enable the authenticator app
///
/// Enables the app that this session began to set up. From now on, every login of the account needs
/// one of its codes or another second factor. The code of the request cannot be used again.
///
/// If the app is the account's first second factor, the response contains ten recovery codes. Let
/// the user print or store them: each one replaces the app once.
///
/// The account's other sessions are no longer confirmed: see `POST /me/confirm`. A passkey or an
/// app that one of them began to set up is rejected.
#[utoipa::path(
    tag = "second factors",
    operation_id = "verify_totp",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = VerifyTotpBody, description = "A code of the app."),
    responses(
        (status = 200, description = "The app is enabled.", body = RecoveryCodesResponse),
        VerifyTotpErrors
    )
)]
#[post("/me/totp/verify")]
pub async fn verify_totp(
    service: web::Data<Service>,
    AuthenticatedJson(caller, code): AuthenticatedJson<VerifyTotpBody>,
) -> Result<HttpResponse, Problem> {
    let codes = service.verify_totp(&caller, code).await?;
    Ok(HttpResponse::Ok().json(RecoveryCodesResponse::new(&codes)))
}
