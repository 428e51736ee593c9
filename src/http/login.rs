//! `POST /login` and `POST /logout`

use actix_web::{HttpResponse, http::StatusCode, middleware::from_fn, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::{
    auth::LoggedIn,
    code::Code,
    cookie,
    failures::{self, failures},
    json::{Body, Valid},
    problem::{FieldError, Problem},
    rules,
    settings::{Rules, Settings},
    shield,
    transport::{Doorway, Transport},
    views::LoggedInView,
};
use crate::{
    domain::{
        identifier::Identifier,
        invalid::Invalid,
        password::Password,
        token::{Kind, TokenHash},
    },
    service::{Accounts, LogIn},
};

/// What a log-in needs: exactly one of `identifier`, `username` and `email`, which are names of one field.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[validate(schema(function = "names_one"))]
#[schema(as = LogIn)]
pub struct LogInBody {
    /// The user name or the e-mail address. It is never refused for its form: what cannot be either fails like a wrong
    /// password.
    #[schema(nullable = false, example = "minji@example.com")]
    #[serde(default)]
    identifier: Option<String>,
    /// Another name of `identifier`.
    #[schema(nullable = false, example = "Minji")]
    #[serde(default)]
    username: Option<String>,
    /// Another name of `identifier`.
    #[schema(nullable = false, example = "minji@example.com")]
    #[serde(default)]
    email: Option<String>,
    /// The password. It is never refused for its form.
    #[schema(format = "password", example = "Correct-Horse-7-battery")]
    password: String,
    /// Keep the session beyond the browser's life: by default 14 days unused, 90 days at most.
    #[schema(default = false, nullable = false, example = true)]
    #[serde(default)]
    remember: Option<bool>,
    /// How the session is handed over.
    #[schema(schema_with = Transport::schema, required = false)]
    #[serde(default)]
    transport: Option<Transport>,
    /// The solution of a challenge from `GET /captcha`, where one is asked for. An empty text is none.
    #[schema(nullable = false, example = "")]
    #[serde(default)]
    captcha: Option<String>,
    /// What an earlier answer gave as `device_token`; with `transport: "cookie"` the browser sends its cookie instead. One that is
    /// unknown counts for nothing.
    #[schema(
        nullable = false,
        example = "dmd_Qm9yZGVyLWNvbGxpZS1pbi10aGUtc25vdy1hdC1kYXc"
    )]
    #[serde(default)]
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

impl LogInBody {
    fn identifier(&self) -> Result<&str, Invalid> {
        let mut given = [&self.identifier, &self.username, &self.email]
            .into_iter()
            .flatten();
        match (given.next(), given.next()) {
            (Some(identifier), None) => Ok(identifier),
            (None, _) => Err(Invalid::Required),
            (Some(_), Some(_)) => Err(Invalid::DuplicateField),
        }
    }
}

impl Body for LogInBody {
    type Value = Attempt;
    const WHOLE: &'static str = "identifier";

    fn value(self, _rules: &Rules) -> Result<Attempt, FieldError> {
        let identifier = self
            .identifier()
            .map_err(|reason| FieldError::new("identifier", reason))?;
        Ok(Attempt {
            identifier: Identifier::of(identifier),
            password: Password::presented(&self.password),
            remember: self.remember.unwrap_or_default(),
            transport: self.transport.unwrap_or_default(),
            captcha: self.captcha,
            device: self
                .device_token
                .and_then(|token| TokenHash::of_presented(Kind::Device, &token)),
        })
    }
}

fn names_one(body: &LogInBody) -> Result<(), ValidationError> {
    body.identifier().map(drop).map_err(rules::refused)
}

failures!(LogInFailures:
    failures::WITH_BODY, failures::WITH_COOKIE,
    &[Code::InsecureTransport, Code::InvalidCredentials, Code::AccountDisabled, Code::EmailNotVerified,
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
    request_body(content = LogInBody, description = "Who it is, and how to hand the session over."),
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
#[post("/login", wrap = "from_fn(shield::log_ins)")]
pub async fn log_in(
    accounts: web::Data<Accounts>,
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
    let opened = accounts
        .log_in(LogIn {
            identifier,
            password,
            opening,
            captcha,
        })
        .await?;
    Ok(doorway.answer(StatusCode::OK, transport, &opened))
}

failures!(LogOutFailures: failures::WITH_SESSION, failures::WITH_COOKIE);

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
    accounts: web::Data<Accounts>,
    settings: web::Data<Settings>,
    LoggedIn(caller): LoggedIn,
) -> Result<HttpResponse, Problem> {
    accounts.log_out(&caller).await?;
    Ok(HttpResponse::NoContent()
        .cookie(cookie::cleared(&settings))
        .finish())
}
