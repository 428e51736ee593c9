//! `POST /password/reset`

use actix_web::{HttpResponse, http::StatusCode, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::{
        account::email::Email, credential::password::NewPassword,
        session::transport::SessionTransport,
    },
    http::{
        extract::{
            client::Client,
            draft::PasswordDraft,
            json::{RequestBody, Valid},
            require_mail::RequireMail,
            validate,
        },
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        routes::{
            proof_fields::ProofFields,
            session_fields::SessionFields,
            session_responder::{LoginResponse, SessionResponder},
        },
        settings::Rules,
    },
    service::{PasswordReset, Service},
};

/// The code or token from a mail, and the new password: `token` and `new_password`, or `email`,
/// `code` and `new_password`. With `transport`, these also create a session. Any other combination
/// is `validation_failed`.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = ResetPassword, example = json!({
    "email": "minji@example.com", "code": "493027", "new_password": "Another-Staple-8-lantern",
    "transport": "cookie"
}))]
pub struct ResetPasswordBody {
    /// The address to which the code was sent.
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
    /// The new password, with the same rules as at signup.
    #[validate(custom(function = "validate::new_password", use_context))]
    #[schema(
        format = "password",
        min_length = 8,
        max_length = 128,
        example = "Another-Staple-8-lantern"
    )]
    new_password: String,
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

impl ResetPasswordBody {
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

impl RequestBody for ResetPasswordBody {
    type Value = (PasswordReset, Option<SessionTransport>);
    const WHOLE: &'static str = "code";

    fn value(self, rules: &Rules) -> Result<Self::Value, FieldError> {
        let password = NewPassword::parse(&self.new_password, rules.password_min)
            .map_err(|reason| FieldError::new("new_password", reason))?;
        let input = PasswordReset {
            proof: self.proof().of_mailbox()?,
            password,
            opening: self.session().optional_request(),
        };
        Ok((input, self.transport))
    }

    fn mismatches(&self, is_rejected: &dyn Fn(&str) -> bool) -> Vec<FieldError> {
        let mut errors = self.proof().mismatches(true, is_rejected);
        errors.extend(self.session().missing());
        errors
    }

    fn draft(&self, rules: &Rules) -> Option<PasswordDraft> {
        let email = self.email.as_deref().map(Email::parse);
        let email = email
            .and_then(Result::ok)
            .map(|email| email.as_str().to_owned());
        Some(PasswordDraft {
            email: email.unwrap_or_default(),
            ..PasswordDraft::of_new_password(&self.new_password, rules)?
        })
    }
}

error_responses!(ResetPasswordErrors:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE,
    &[ProblemCode::InsecureTransport, ProblemCode::SecondFactorRequired, ProblemCode::CrossSiteCookie, ProblemCode::AccountDisabled,
      ProblemCode::TokenInvalid, ProblemCode::CodeInvalid, ProblemCode::TooManyRequests, ProblemCode::Overloaded,
      ProblemCode::DatabaseUnavailable, ProblemCode::MailNotConfigured],
);

/// Complete a password reset
///
/// Sets a new password for the account whose mailbox the code or link was sent to. The address is
/// verified by that. All sessions of the account are revoked, all recognized devices are forgotten,
/// and pending changes are invalidated. The owner gets a mail. A rejected new password does not
/// consume the link, but counts as one of the link's 20 attempts or one of the code's five. The
/// request computes one password hash.
///
/// With `transport`, the response is that of a login: the request also creates a session, without
/// another password hash or CAPTCHA. A disabled account gets its new password only without
/// `transport`, and stays disabled.
#[utoipa::path(
    tag = "email",
    operation_id = "reset_password",
    request_body(content = ResetPasswordBody, description = "The code or token from the mail, and the new password."),
    responses(
        (status = 200, description = "With `transport`: the new password is set and the session is created.", body = LoginResponse,
         headers(("Set-Cookie" = String, description = "With `transport: \"cookie\"`: the session cookie and the device cookie."))),
        (status = 204, description = "Without `transport`: the new password is set."),
        ResetPasswordErrors
    )
)]
#[post("/password/reset")]
pub async fn reset_password(
    _mail: RequireMail,
    service: web::Data<Service>,
    client: Client,
    responder: SessionResponder,
    Valid((mut input, transport)): Valid<ResetPasswordBody>,
) -> Result<HttpResponse, Problem> {
    input.opening = responder.complete_optional(input.opening, transport)?;
    let session = service
        .reset_password(input, &client)
        .await
        .map_err(Problem::of_new_password)?;
    Ok(match (session, transport) {
        (Some(new), Some(transport)) => responder.respond(StatusCode::OK, transport, &new),
        _ => HttpResponse::NoContent().finish(),
    })
}
