//! `POST /me/confirm`

use actix_web::{HttpResponse, middleware::from_fn, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::{credential::password::Password, invalid::Invalid},
    http::{
        extract::{json::RequestBody, session::AuthenticatedJson},
        middleware::rate_limit,
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        settings::Rules,
    },
    service::{Confirmation, SecondFactorProof, Service},
};

/// The factors that the user presents again.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = Confirmation, example = json!({ "password": "Correct-Horse-7-battery" }))]
pub struct ConfirmSessionBody {
    /// The current password. There is no format validation.
    #[schema(format = "password", example = "Correct-Horse-7-battery")]
    password: String,
    /// The six digits that the authenticator app shows. With a second factor, this or
    /// `recovery_code` is required.
    #[schema(example = "493027")]
    code: Option<String>,
    /// A recovery code, which is used up. The owner gets a mail.
    #[schema(example = "4f7q-k2mx-9wdp-c3hr")]
    recovery_code: Option<String>,
}

impl RequestBody for ConfirmSessionBody {
    type Value = Confirmation;
    const WHOLE: &'static str = "password";

    fn value(self, _rules: &Rules) -> Result<Confirmation, FieldError> {
        let code = self.code.map(SecondFactorProof::Code);
        let recovery_code = self.recovery_code.map(SecondFactorProof::RecoveryCode);
        Ok(Confirmation {
            password: Password::presented(&self.password),
            second_factor: code.or(recovery_code),
        })
    }

    fn mismatches(&self, is_rejected: &dyn Fn(&str) -> bool) -> Vec<FieldError> {
        let fields = ["code", "recovery_code"];
        if self.code.is_none()
            || self.recovery_code.is_none()
            || fields.into_iter().any(is_rejected)
        {
            return Vec::new();
        }
        fields
            .map(|field| FieldError::new(field, Invalid::ConflictingField))
            .into()
    }
}

error_responses!(ConfirmSessionErrors:
    error_responses::WITH_CONFIRMATION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::CurrentPasswordWrong, ProblemCode::CodeInvalid, ProblemCode::TooManyRequests,
      ProblemCode::Overloaded],
);

/// Confirm the session
///
/// Confirms for ten minutes that the user of the session is the owner of the account, as operations
/// with the code `confirmation_required` need it. A signup and a login with every factor confirm
/// the session too.
///
/// With a second factor, the password alone is not enough: the response is `confirmation_required`
/// with the `methods`. Ten wrong tries within an hour revoke the session. The request computes one
/// password hash.
#[utoipa::path(
    tag = "me",
    operation_id = "confirm_session",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = ConfirmSessionBody, description = "The factors that the user presents again."),
    responses(
        (status = 204, description = "The session is confirmed.",
         headers(
            ("RateLimit-Policy" = String, description = "The rate limit, such as `\"log-in\";q=30;w=60`."),
            ("RateLimit" = String, description = "The remaining quota, such as `\"log-in\";r=29;t=2`.")
         )),
        ConfirmSessionErrors
    )
)]
#[post("/me/confirm", wrap = "from_fn(rate_limit::log_ins)")]
pub async fn confirm_session(
    service: web::Data<Service>,
    AuthenticatedJson(caller, confirmation): AuthenticatedJson<ConfirmSessionBody>,
) -> Result<HttpResponse, Problem> {
    service.confirm_session(&caller, confirmation).await?;
    Ok(HttpResponse::NoContent().finish())
}
