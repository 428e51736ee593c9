//! `POST /login` and `POST /logout`

use actix_web::{HttpResponse, http::StatusCode, middleware::from_fn, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::responder::{Doorway, Transport};
use crate::{
    domain::{
        account::identifier::Identifier,
        credential::{
            password::Password,
            token::{TokenHash, TokenKind},
        },
    },
    http::{
        extract::{
            cookie,
            json::{Body, Valid},
            session::LoggedIn,
        },
        middleware::rate_limit,
        openapi::error_responses::{self, failures},
        problem::{FieldError, Problem, code::Code},
        routes::models::LoggedInView,
        settings::{Rules, Settings},
    },
    service::{LogIn, Service},
};

/// The credentials, and how to return the session.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = LogIn)]
pub struct LogInBody {
    /// The username or the email address. White space around it is removed. There is no format validation: a malformed identifier
    /// fails like a wrong password.
    #[schema(example = "minji@example.com")]
    identifier: String,
    /// The password. There is no format validation.
    #[schema(format = "password", example = "Correct-Horse-7-battery")]
    password: String,
    /// Keeps the session when the browser is closed: by default until 14 days unused, at most 90 days. Absent means `false`.
    #[schema(example = true)]
    remember: Option<bool>,
    /// How the session is returned.
    #[schema(schema_with = Transport::schema, required = false)]
    transport: Option<Transport>,
    /// The solution of a challenge from `GET /captcha`, after `captcha_required`. An empty string means absent.
    #[schema(example = "")]
    captcha: Option<String>,
    /// The `device_token` of an earlier response. With `transport: "cookie"` the browser sends its device cookie instead. An unknown
    /// token is ignored.
    #[schema(example = "dmd_Qm9yZGVyLWNvbGxpZS1pbi10aGUtc25vdy1hdC1kYXc")]
    device_token: Option<String>,
}

/// A log-in to be tried.
pub struct Attempt {
    identifier: Identifier,
    password: Option<Password>,
    captcha: Option<String>,
    remember: bool,
    transport: Transport,
    device: Option<TokenHash>,
}

impl Body for LogInBody {
    type Value = Attempt;
    const WHOLE: &'static str = "identifier";

    fn value(self, _rules: &Rules) -> Result<Attempt, FieldError> {
        Ok(Attempt {
            identifier: Identifier::of(&self.identifier),
            password: Password::presented(&self.password),
            remember: self.remember.unwrap_or_default(),
            transport: self.transport.unwrap_or_default(),
            captcha: self.captcha,
            device: self
                .device_token
                .and_then(|token| TokenHash::of_presented(TokenKind::Device, &token)),
        })
    }
}

failures!(LogInFailures:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE,
    &[Code::InsecureTransport, Code::CrossSiteCookie, Code::InvalidCredentials, Code::AccountDisabled, Code::EmailNotVerified,
      Code::CaptchaRequired, Code::CaptchaInvalid, Code::TooManyRequests,
      Code::Overloaded, Code::DatabaseUnavailable],
);

/// Log in
///
/// Opens a session for whoever knows the password. Anyone may call it; it costs one password hash, whether the account
/// exists or not. After a few failures each further try has to wait, with the right password like with a wrong one; a known
/// device (`device_token`) waits for its own failures alone. With `transport: "cookie"`, the session that the old cookie named is ended.
#[utoipa::path(
    tag = "accounts",
    operation_id = "log_in",
    request_body(content = LogInBody, description = "The credentials, and how to return the session."),
    responses(
        (status = 200, description = "A session is open.", body = LoggedInView,
         headers(
            ("Set-Cookie" = String, description = "The session's cookie, and the device's where it was not known, with `transport: \"cookie\"`."),
            ("RateLimit-Policy" = String, description = "The limit, such as `\"log-in\";q=30;w=60`."),
            ("RateLimit" = String, description = "What is left of it, such as `\"log-in\";r=29;t=2`.")
         )),
        LogInFailures
    )
)]
#[post("/login", wrap = "from_fn(rate_limit::log_ins)")]
pub async fn log_in(
    service: web::Data<Service>,
    doorway: Doorway,
    Valid(attempt): Valid<LogInBody>,
) -> Result<HttpResponse, Problem> {
    let mut opening = doorway.opening(attempt.transport, attempt.remember)?;
    let Attempt {
        identifier,
        password,
        transport,
        captcha,
        device,
        ..
    } = attempt;
    opening.device = device.or(opening.device);
    let opened = service
        .log_in(LogIn {
            identifier,
            password,
            opening,
            captcha,
        })
        .await?;
    Ok(doorway.answer(StatusCode::OK, transport, &opened))
}

failures!(LogOutFailures: error_responses::WITH_SESSION, error_responses::WITH_COOKIE);

/// Log out
///
/// Ends the session that the request comes through, and clears its cookie.
#[utoipa::path(
    tag = "accounts",
    operation_id = "log_out",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "The session has ended.",
         headers(("Set-Cookie" = String, description = "Clears the session's cookie."))),
        LogOutFailures
    )
)]
#[post("/logout")]
pub async fn log_out(
    service: web::Data<Service>,
    settings: web::Data<Settings>,
    LoggedIn(caller): LoggedIn,
) -> Result<HttpResponse, Problem> {
    service.log_out(&caller).await?;
    Ok(HttpResponse::NoContent()
        .cookie(cookie::cleared(&settings))
        .finish())
}
