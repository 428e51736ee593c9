//! `POST /login`

use actix_web::{HttpResponse, http::StatusCode, middleware::from_fn, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::{
        account::identifier::Identifier, credential::password::Password,
        session::transport::SessionTransport,
    },
    http::{
        extract::json::{RequestBody, Valid},
        middleware::rate_limit,
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        routes::{
            session_fields::SessionFields,
            session_responder::{LoginResponse, SessionResponder},
        },
        settings::Rules,
    },
    service::{LogIn, Service},
};

/// The credentials, and how to return the session.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = LogIn)]
pub struct LogInBody {
    /// The username or the email address. White space around it is removed. There is no format
    /// validation: a malformed identifier fails like a wrong password.
    #[schema(example = "minji@example.com")]
    identifier: String,
    /// The password. There is no format validation.
    #[schema(format = "password", example = "Correct-Horse-7-battery")]
    password: String,
    /// Keeps the session when the browser is closed: by default until 14 days unused, at most 90
    /// days. Absent means `false`.
    #[schema(example = true)]
    remember: Option<bool>,
    #[schema(schema_with = SessionTransport::schema, required = false)]
    transport: Option<SessionTransport>,
    /// The solution of a challenge from `GET /captcha`, after `captcha_required`. An empty string
    /// means absent.
    #[schema(example = "")]
    captcha: Option<String>,
    /// The `device_token` of an earlier response. With `transport: "cookie"` the browser sends its
    /// device cookie instead. An unknown token is ignored.
    #[schema(example = "dmd_Qm9yZGVyLWNvbGxpZS1pbi10aGUtc25vdy1hdC1kYXc")]
    device_token: Option<String>,
}

impl RequestBody for LogInBody {
    type Value = (LogIn, SessionTransport);
    const WHOLE: &'static str = "identifier";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        let session = SessionFields {
            transport: self.transport,
            remember: self.remember,
            device_token: self.device_token.as_deref(),
        };
        let input = LogIn {
            identifier: Identifier::of(&self.identifier),
            password: Password::presented(&self.password),
            opening: session.request(),
            captcha: self.captcha,
        };
        Ok((input, self.transport.unwrap_or_default()))
    }
}

error_responses!(LogInErrors:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE,
    &[ProblemCode::InsecureTransport, ProblemCode::SecondFactorRequired, ProblemCode::CrossSiteCookie, ProblemCode::InvalidCredentials,
      ProblemCode::AccountDisabled, ProblemCode::EmailNotVerified, ProblemCode::CaptchaRequired,
      ProblemCode::CaptchaInvalid, ProblemCode::TooManyRequests, ProblemCode::Overloaded,
      ProblemCode::DatabaseUnavailable],
);

/// Log in
///
/// Creates a session. No authentication is needed. The request computes one password hash, whether
/// the account exists or not.
///
/// After a few failures, further attempts are rejected with 429 until the backoff ends, even with
/// the correct password. A recognized device (`device_token`) waits only for its own failures. With
/// `transport: "cookie"`, the session of the old cookie is revoked.
#[utoipa::path(
    tag = "accounts",
    operation_id = "log_in",
    request_body(content = LogInBody, description = "The credentials, and how to return the session."),
    responses(
        (status = 200, description = "The session is created.", body = LoginResponse,
         headers(
            ("Set-Cookie" = String, description = "With `transport: \"cookie\"`: the session cookie, and the device cookie if the device was not recognized."),
            ("RateLimit-Policy" = String, description = "The rate limit, such as `\"log-in\";q=30;w=60`."),
            ("RateLimit" = String, description = "The remaining quota, such as `\"log-in\";r=29;t=2`.")
         )),
        LogInErrors
    )
)]
#[post("/login", wrap = "from_fn(rate_limit::log_ins)")]
pub async fn log_in(
    service: web::Data<Service>,
    responder: SessionResponder,
    Valid((mut input, transport)): Valid<LogInBody>,
) -> Result<HttpResponse, Problem> {
    input.opening = responder.complete(input.opening, transport)?;
    let new = service.log_in(input).await?;
    Ok(responder.respond(StatusCode::OK, transport, &new))
}
