//! `POST /password/forgot`

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
            require_mail::RequireMail,
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

/// The address of the account whose password was forgotten.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = ForgottenPassword)]
pub struct ForgotPasswordBody {
    /// The account's email address.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji@example.com")]
    email: String,
}

impl RequestBody for ForgotPasswordBody {
    type Value = Email;
    const WHOLE: &'static str = "email";

    fn value(self, _rules: &Rules) -> Result<Email, FieldError> {
        Email::parse(&self.email).map_err(|reason| FieldError::new("email", reason))
    }
}

error_responses!(ForgotPasswordErrors:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE,
    &[ProblemCode::TooManyRequests, ProblemCode::Overloaded, ProblemCode::DatabaseUnavailable,
      ProblemCode::MailNotConfigured],
);

/// Request a password reset
///
/// Sends a code and a link to set a new password, if an account has this address. No authentication
/// is needed. The response and its work are the same whether an account has the address or not, and
/// whether a mail is sent or not. The code is valid for 15 minutes and five attempts, the link for
/// 30 minutes. A newer mail invalidates the older ones.
///
/// An address gets one such mail a minute and five an hour, two of them through one client IP.
/// Verification mails do not count. A mail that is not sent is logged with the reason. One client
/// IP may send 10 requests a minute to this route and `POST /email/resend` together.
#[utoipa::path(
    tag = "email",
    operation_id = "forgot_password",
    request_body(content = ForgotPasswordBody, description = "The account's email address."),
    responses(MailRequestAccepted, ForgotPasswordErrors)
)]
#[post("/password/forgot", wrap = "from_fn(rate_limit::mail_requests)")]
pub async fn forgot_password(
    _mail: RequireMail,
    service: web::Data<Service>,
    client: Client,
    Valid(email): Valid<ForgotPasswordBody>,
) -> Result<HttpResponse, Problem> {
    service.request_reset(&email, &client).await?;
    Ok(HttpResponse::Accepted().json(AcceptedResponse::ACCEPTED))
}
