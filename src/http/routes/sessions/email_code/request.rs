//! `POST /login/code`

use actix_web::{HttpResponse, middleware::from_fn, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::account::email::Email,
    http::{
        extract::{
            client::Client,
            json::{RequestBody, Valid},
            require_mail::RequireEmailLogIn,
            validate,
        },
        middleware::rate_limit,
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        routes::models::{AcceptedResponse, MailRequestAccepted},
        settings::Rules,
    },
    service::Service,
};

/// The address that receives the code.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = LogInCodeRequest)]
pub struct LogInCodeRequestBody {
    /// The account's email address.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji@example.com")]
    email: String,
    /// The solution of a challenge from `GET /captcha`, after `captcha_required`. An empty string
    /// means absent.
    #[schema(example = "")]
    captcha: Option<String>,
}

impl RequestBody for LogInCodeRequestBody {
    type Value = (Email, Option<String>);
    const WHOLE: &'static str = "email";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        let email = Email::parse(&self.email).map_err(|reason| FieldError::new("email", reason))?;
        Ok((email, self.captcha))
    }
}

error_responses!(RequestLogInCodeErrors:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE,
    &[ProblemCode::CaptchaRequired, ProblemCode::CaptchaInvalid, ProblemCode::NotFound,
      ProblemCode::TooManyRequests, ProblemCode::Overloaded, ProblemCode::DatabaseUnavailable],
);

/// Request a login code
///
/// Sends a code for `POST /login/code/verify`, if an account has this verified address. No
/// authentication is needed. The response and its work are the same whether an account has the
/// address or not, and whether a mail is sent or not. An account with an unverified address is sent
/// the mail of `POST /password/forgot`, and a pending signup its verification mail. The code is
/// valid for 15 minutes and five attempts. A newer code invalidates the older ones.
///
/// An address gets one such mail a minute and five an hour, two of them through one client IP. One
/// client IP may send 10 requests a minute to this route, `POST /password/forgot` and
/// `POST /email/resend` together. The route exists only with `DAEMUN_EMAIL_LOG_IN=on`.
#[utoipa::path(
    tag = "accounts",
    operation_id = "request_log_in_code",
    request_body(content = LogInCodeRequestBody, description = "The address that receives the code."),
    responses(MailRequestAccepted, RequestLogInCodeErrors)
)]
#[post("/login/code", wrap = "from_fn(rate_limit::mail_requests)")]
pub async fn request_log_in_code(
    _enabled: RequireEmailLogIn,
    service: web::Data<Service>,
    client: Client,
    Valid((email, captcha)): Valid<LogInCodeRequestBody>,
) -> Result<HttpResponse, Problem> {
    service
        .request_log_in_code(&email, captcha.as_deref(), &client)
        .await?;
    Ok(HttpResponse::Accepted().json(AcceptedResponse::ACCEPTED))
}
