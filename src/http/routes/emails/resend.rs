//! `POST /email/resend`

use actix_web::{HttpRequest, HttpResponse, middleware::from_fn, post, web};
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
            session::authenticate,
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

/// The address to verify, without a session.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = VerificationRequest)]
pub struct ResendVerificationBody {
    /// The address of the signup.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji@example.com")]
    email: Option<String>,
}

impl RequestBody for ResendVerificationBody {
    type Value = Option<Email>;
    const WHOLE: &'static str = "email";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        self.email
            .map(|email| Email::parse(&email))
            .transpose()
            .map_err(|reason| FieldError::new("email", reason))
    }
}

error_responses!(ResendVerificationErrors:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE, error_responses::WITH_SESSION,
    &[ProblemCode::TooManyRequests, ProblemCode::Overloaded, ProblemCode::MailNotConfigured],
);

/// Resend the verification mail
///
/// Sends another code and link to the caller's address. With `email`, sends them to that address if
/// it was used to sign up, and ignores a session. The response never reveals whether the address
/// needs verification, or whether a mail is sent.
///
/// An address gets one verification mail a minute and five an hour, two of them through one client
/// IP. The mail of the signup counts; password reset mails do not. A mail that is not sent is
/// logged with the reason. One client IP may send 10 requests a minute to this route and
/// `POST /password/forgot` together.
#[utoipa::path(
    tag = "email",
    operation_id = "resend_verification",
    security((), ("bearer" = []), ("cookie" = [])),
    request_body(content = ResendVerificationBody, description = "The address, or nothing with a session."),
    responses(MailRequestAccepted, ResendVerificationErrors)
)]
#[post("/email/resend", wrap = "from_fn(rate_limit::mail_requests)")]
pub async fn resend_verification(
    _mail: RequireMail,
    request: HttpRequest,
    service: web::Data<Service>,
    client: Client,
    Valid(email): Valid<ResendVerificationBody>,
) -> Result<HttpResponse, Problem> {
    if let Some(email) = email {
        service.request_verification(&email, &client).await?;
    } else {
        let caller = authenticate(&request).await?;
        service.resend_verification(&caller).await?;
    }
    Ok(HttpResponse::Accepted().json(AcceptedResponse::ACCEPTED))
}
