//! `POST /login/code/verify`

use actix_web::{HttpResponse, http::StatusCode, middleware::from_fn, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::{account::email::Email, session::transport::SessionTransport},
    http::{
        extract::{
            json::{RequestBody, Valid},
            require_mail::RequireEmailLogIn,
            validate,
        },
        middleware::rate_limit,
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        routes::{
            session_fields::SessionFields,
            session_responder::{LoginResponse, SessionResponder},
        },
        settings::Rules,
    },
    service::{EmailCodeLogIn, Service},
};

/// The code from the mail, and how to return the session.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = LogInWithCode)]
pub struct LogInWithCodeBody {
    /// The address to which the code was sent.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji@example.com")]
    email: String,
    /// The six digits from the mail. Blanks and hyphens are ignored, and digits of any script are
    /// accepted.
    #[schema(example = "493027")]
    code: String,
    /// Keeps the session when the browser is closed: by default until 14 days unused, at most 90
    /// days. Absent means `false`.
    #[schema(example = true)]
    remember: Option<bool>,
    #[schema(schema_with = SessionTransport::schema, required = false)]
    transport: Option<SessionTransport>,
    /// The `device_token` of an earlier response. With `transport: "cookie"` the browser sends its
    /// device cookie instead. An unknown token is ignored.
    #[schema(example = "dmd_Qm9yZGVyLWNvbGxpZS1pbi10aGUtc25vdy1hdC1kYXc")]
    device_token: Option<String>,
}

impl RequestBody for LogInWithCodeBody {
    type Value = (EmailCodeLogIn, SessionTransport);
    const WHOLE: &'static str = "email";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        let email = Email::parse(&self.email).map_err(|reason| FieldError::new("email", reason))?;
        let session = SessionFields {
            transport: self.transport,
            remember: self.remember,
            device_token: self.device_token.as_deref(),
        };
        let input = EmailCodeLogIn {
            mailbox: email.key().clone(),
            opening: session.request(),
            code: self.code,
        };
        Ok((input, self.transport.unwrap_or_default()))
    }
}

error_responses!(LogInWithCodeErrors:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE,
    &[ProblemCode::InsecureTransport, ProblemCode::CrossSiteCookie, ProblemCode::SecondFactorRequired,
      ProblemCode::AccountDisabled, ProblemCode::NotFound, ProblemCode::CodeInvalid,
      ProblemCode::TooManyRequests, ProblemCode::DatabaseUnavailable],
);

/// Log in with a mailed code
///
/// Creates a session with a code from `POST /login/code`, in place of the password. No
/// authentication is needed, and the request computes no password hash. The session's `amr` is
/// `["otp"]`.
///
/// The code must be of the newest mail for this address. Wrong codes count like wrong passwords of
/// the account, and per address and client IP. After a few failures, further attempts are rejected
/// with 429 until the backoff ends, even with the correct code. The route exists only with
/// `DAEMUN_EMAIL_LOG_IN=on`.
#[utoipa::path(
    tag = "accounts",
    operation_id = "log_in_with_code",
    request_body(content = LogInWithCodeBody, description = "The code from the mail, and how to return the session."),
    responses(
        (status = 200, description = "The session is created.", body = LoginResponse,
         headers(
            ("Set-Cookie" = String, description = "With `transport: \"cookie\"`: the session cookie, and the device cookie if the device was not recognized."),
            ("RateLimit-Policy" = String, description = "The rate limit, such as `\"log-in\";q=30;w=60`."),
            ("RateLimit" = String, description = "The remaining quota, such as `\"log-in\";r=29;t=2`.")
         )),
        LogInWithCodeErrors
    )
)]
#[post("/login/code/verify", wrap = "from_fn(rate_limit::log_ins)")]
pub async fn log_in_with_code(
    _enabled: RequireEmailLogIn,
    service: web::Data<Service>,
    responder: SessionResponder,
    Valid((mut input, transport)): Valid<LogInWithCodeBody>,
) -> Result<HttpResponse, Problem> {
    input.opening = responder.complete(input.opening, transport)?;
    let new = service.log_in_with_code(input).await?;
    Ok(responder.respond(StatusCode::OK, transport, &new))
}
