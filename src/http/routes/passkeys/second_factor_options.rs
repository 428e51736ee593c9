//! `POST /login/second-factor/options`

use actix_web::{HttpResponse, middleware::from_fn, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::request_options::AssertionOptionsResponse;
use crate::{
    domain::credential::token::{TokenHash, TokenKind},
    http::{
        extract::json::{RequestBody, Valid},
        middleware::rate_limit,
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        settings::Rules,
    },
    service::Service,
};

/// The challenge of a login that waits for its second factor.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = SecondFactorOptions)]
pub struct SecondFactorOptionsBody {
    /// The `challenge` of the response `second_factor_required`.
    #[schema(example = "dmx_Qm9yZGVyLWNvbGxpZS1pbi10aGUtc25vdy1hdC1kYXc")]
    challenge: String,
}

impl RequestBody for SecondFactorOptionsBody {
    type Value = Option<TokenHash>;
    const WHOLE: &'static str = "challenge";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        let kind = TokenKind::SecondFactorChallenge;
        Ok(TokenHash::of_presented(kind, &self.challenge))
    }
}

error_responses!(SecondFactorOptionsErrors:
    error_responses::WITH_BODY,
    &[ProblemCode::PasskeyNotFound, ProblemCode::ChallengeExpired, ProblemCode::TooManyRequests,
      ProblemCode::PasskeysNotConfigured, ProblemCode::DatabaseUnavailable],
);

/// Get options for a passkey as the second factor
///
/// Starts the second step of a login by passkey, where `methods` of `second_factor_required`
/// contains `passkey`. Pass `options` to the browser with `parseRequestOptionsFromJSON` and
/// `navigator.credentials.get()`, and send the result with `ceremony` and `challenge` to
/// `POST /login/second-factor`. The challenge authenticates the request.
#[utoipa::path(
    tag = "passkeys",
    operation_id = "create_second_factor_options",
    request_body(content = SecondFactorOptionsBody, description = "The challenge."),
    responses(
        (status = 200, description = "The ceremony and its options.", body = AssertionOptionsResponse,
         headers(
            ("RateLimit-Policy" = String, description = "The rate limit, such as `\"log-in\";q=30;w=60`."),
            ("RateLimit" = String, description = "The remaining quota, such as `\"log-in\";r=29;t=2`.")
         )),
        SecondFactorOptionsErrors
    )
)]
#[post("/login/second-factor/options", wrap = "from_fn(rate_limit::log_ins)")]
pub async fn create_second_factor_options(
    service: web::Data<Service>,
    Valid(challenge): Valid<SecondFactorOptionsBody>,
) -> Result<HttpResponse, Problem> {
    let options = service.second_factor_passkey_options(challenge).await?;
    Ok(HttpResponse::Ok().json(AssertionOptionsResponse::from(options)))
}
