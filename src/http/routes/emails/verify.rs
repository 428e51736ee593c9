//! `POST /email/verify`

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::{
        credential::password::Password, invalid::Invalid, session::transport::SessionTransport,
    },
    http::{
        extract::{
            client::Client,
            json::{RequestBody, Valid},
            require_mail::RequireMail,
            session::authenticate,
            validate,
        },
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        routes::{
            models::UserResponse,
            proof_fields::ProofFields,
            session_fields::SessionFields,
            session_responder::{LoginResponse, SessionResponder},
        },
        settings::Rules,
    },
    service::{PasswordVerification, Service, VerifyEmail},
};

/// The code or token from a mail. With a session: `code` or `token`. Without one: `email`, `code`
/// and `password`, or `token` and `password`; with `transport`, these also create a session. Any
/// other combination is `validation_failed`.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = VerifyEmail, example = json!({
    "email": "minji@example.com", "code": "493027", "password": "Correct-Horse-7-battery",
    "transport": "cookie"
}))]
pub struct VerifyEmailBody {
    /// The address to which the code was sent, without a session.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji@example.com")]
    email: Option<String>,
    /// The six digits from the mail. Blanks and hyphens are ignored, and digits of any script are
    /// accepted.
    #[schema(example = "493027")]
    code: Option<String>,
    /// The `token` in the fragment of the mailed link.
    #[schema(example = "dmc_AZqrEjxNfl-KmwwdLj9KW5R2c0u1hJkQm3vXyZ8oPt6a7LdEfGhIjKlMnOpQrStU")]
    token: Option<String>,
    /// The account's password, without a session.
    #[schema(format = "password", example = "Correct-Horse-7-battery")]
    password: Option<String>,
    /// Keeps the session when the browser is closed: by default until 14 days unused, at most 90
    /// days. Needs `transport`. Absent means `false`.
    #[schema(example = true)]
    remember: Option<bool>,
    #[schema(schema_with = SessionTransport::optional_schema, required = false)]
    transport: Option<SessionTransport>,
    /// The `device_token` of an earlier response. Needs `transport`. With `transport: "cookie"` the
    /// browser sends its device cookie instead. An unknown token is ignored.
    #[schema(example = "dmd_Qm9yZGVyLWNvbGxpZS1pbi10aGUtc25vdy1hdC1kYXc")]
    device_token: Option<String>,
}

impl VerifyEmailBody {
    fn proof(&self) -> ProofFields<'_> {
        ProofFields {
            code: self.code.as_deref(),
            token: self.token.as_deref(),
            email: self.email.as_deref(),
        }
    }

    fn session(&self) -> SessionFields<'_> {
        SessionFields {
            transport: self.transport,
            remember: self.remember,
            device_token: self.device_token.as_deref(),
        }
    }
}

impl RequestBody for VerifyEmailBody {
    type Value = (VerifyEmail, Option<SessionTransport>);
    const WHOLE: &'static str = "code";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        let password = self.password.as_deref().map(Password::presented);
        let verify = match password {
            Some(password) => VerifyEmail::ByPassword(PasswordVerification {
                proof: self.proof().of_mailbox()?,
                password,
                opening: self.session().optional_request(),
            }),
            None => VerifyEmail::BySession(self.proof().of_caller()?),
        };
        Ok((verify, self.transport))
    }

    fn mismatches(&self, is_rejected: &dyn Fn(&str) -> bool) -> Vec<FieldError> {
        let has_password = self.password.is_some();
        let mut errors = self.proof().mismatches(has_password, is_rejected);
        if has_password {
            errors.extend(self.session().missing());
        } else if self.email.is_some() {
            errors.push(FieldError::new("password", Invalid::Required));
        } else {
            errors.extend(self.session().conflicts(is_rejected));
        }
        errors
    }
}

/// The account; with `transport`, the account and its new session.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = VerifiedEmail)]
#[expect(dead_code, reason = "the OpenAPI document alone reads it")]
pub enum VerifiedEmailResponse {
    User(UserResponse),
    LoggedIn(LoginResponse),
}

error_responses!(VerifyEmailErrors:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE, error_responses::WITH_SESSION,
    &[ProblemCode::InsecureTransport, ProblemCode::SecondFactorRequired, ProblemCode::CrossSiteCookie,
      ProblemCode::InvalidCredentials, ProblemCode::AccountDisabled, ProblemCode::UsernameTaken, ProblemCode::EmailTaken,
      ProblemCode::TokenInvalid, ProblemCode::CodeInvalid, ProblemCode::TooManyRequests, ProblemCode::Overloaded,
      ProblemCode::MailNotConfigured],
);

/// Verify an email address
///
/// Verifies one of three addresses: the account's own, the one that it changes to, or the one of a
/// pending signup. The pending signup then becomes an account.
///
/// The code or link alone is not enough, because an attacker may have signed up with another
/// person's address. The request also needs the account's session or its password. With `password`,
/// a session is ignored. A code is valid for 15 minutes and five attempts, a link for a day.
///
/// With `password` and `transport`, the response is that of a login: the request also creates a
/// session, without another password hash or CAPTCHA. With `transport: "cookie"`, the session of
/// the old cookie is revoked.
///
/// A wrong code, an address that does not match and a wrong password all return `code_invalid`,
/// after one password hash. The mailbox owner can always reset an unknown password with
/// `POST /password/forgot`.
#[utoipa::path(
    tag = "email",
    operation_id = "verify_email",
    security((), ("bearer" = []), ("cookie" = [])),
    request_body(content = VerifyEmailBody, description = "The code or token from the mail."),
    responses(
        (status = 200, description = "The address is verified. With `transport`, a session is created.", body = VerifiedEmailResponse,
         headers(("Set-Cookie" = String, description = "With `transport: \"cookie\"`: the session cookie, and the device cookie if the device was not recognized."))),
        VerifyEmailErrors
    )
)]
#[post("/email/verify")]
pub async fn verify_email(
    _mail: RequireMail,
    request: HttpRequest,
    service: web::Data<Service>,
    client: Client,
    responder: SessionResponder,
    Valid((verify, transport)): Valid<VerifyEmailBody>,
) -> Result<HttpResponse, Problem> {
    let user = match verify {
        VerifyEmail::BySession(proof) => {
            let caller = authenticate(&request).await?;
            service.verify_own_email(&caller, proof).await?
        }
        VerifyEmail::ByPassword(mut input) => {
            input.opening = responder.complete_optional(input.opening, transport)?;
            let verified = service.verify_email(input, &client).await?;
            if let (Some(new), Some(transport)) = (&verified.session, transport) {
                return Ok(responder.respond(StatusCode::OK, transport, new));
            }
            verified.user
        }
    };
    Ok(HttpResponse::Ok().json(UserResponse::from(&user)))
}
