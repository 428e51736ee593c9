//! `POST /me/confirm`

use actix_web::{HttpResponse, middleware::from_fn, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::credential::password::Password,
    http::{
        extract::{json::RequestBody, session::AuthenticatedJson},
        middleware::rate_limit,
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        settings::Rules,
    },
    service::{Confirmation, Service},
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
}

impl RequestBody for ConfirmSessionBody {
    type Value = Confirmation;
    const WHOLE: &'static str = "password";

    fn value(self, _rules: &Rules) -> Result<Confirmation, FieldError> {
        Ok(Confirmation {
            password: Password::presented(&self.password),
        })
    }
}

error_responses!(ConfirmSessionErrors:
    error_responses::WITH_SESSION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::CurrentPasswordWrong, ProblemCode::TooManyRequests, ProblemCode::Overloaded],
);

/// Confirm the session
///
/// Confirms for ten minutes that the user of the session is the owner of the account, as operations
/// with the code `confirmation_required` need it. A signup and a login confirm the session too. Ten
/// wrong tries within an hour revoke the session. The request computes one password hash.
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
