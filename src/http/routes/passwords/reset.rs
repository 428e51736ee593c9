//! `POST /password/reset`

use actix_web::{HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::{account::email::Email, credential::password::NewPassword},
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
        routes::proof_fields::ProofFields,
        settings::Rules,
    },
    service::{MailboxProof, Service},
};

/// The code or token from a mail, and the new password: `token` and `new_password`, or `email`,
/// `code` and `new_password`. Any other combination is `validation_failed`.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = ResetPassword, example = json!({
    "email": "minji@example.com", "code": "493027", "new_password": "Another-Staple-8-lantern"
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
    /// The part of the mailed link after `#token=`.
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
}

impl ResetPasswordBody {
    fn proof(&self) -> ProofFields<'_> {
        ProofFields {
            code: self.code.as_deref(),
            token: self.token.as_deref(),
            email: self.email.as_deref(),
        }
    }
}

impl RequestBody for ResetPasswordBody {
    type Value = (MailboxProof, NewPassword);
    const WHOLE: &'static str = "code";

    fn value(self, rules: &Rules) -> Result<Self::Value, FieldError> {
        let password = NewPassword::parse(&self.new_password, rules.password_min)
            .map_err(|reason| FieldError::new("new_password", reason))?;
        Ok((self.proof().of_mailbox()?, password))
    }

    fn mismatches(&self, is_rejected: &dyn Fn(&str) -> bool) -> Vec<FieldError> {
        self.proof().mismatches(true, is_rejected)
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
    &[ProblemCode::TokenInvalid, ProblemCode::CodeInvalid, ProblemCode::TooManyRequests, ProblemCode::Overloaded,
      ProblemCode::DatabaseUnavailable, ProblemCode::MailNotConfigured],
);

/// Complete a password reset
///
/// Sets a new password for the account whose mailbox the code or link was sent to. The address is
/// verified by that. All sessions of the account are revoked, all recognized devices are forgotten,
/// and pending changes are invalidated. The owner gets a mail. A rejected new password does not
/// consume the link, but counts as one of the link's 20 attempts or one of the code's five. The
/// request computes one password hash. No session is created.
#[utoipa::path(
    tag = "email",
    operation_id = "reset_password",
    request_body(content = ResetPasswordBody, description = "The code or token from the mail, and the new password."),
    responses((status = 204, description = "The new password is set."), ResetPasswordErrors)
)]
#[post("/password/reset")]
pub async fn reset_password(
    _mail: RequireMail,
    service: web::Data<Service>,
    client: Client,
    Valid((proof, password)): Valid<ResetPasswordBody>,
) -> Result<HttpResponse, Problem> {
    service
        .reset_password(proof, password, &client.visitor())
        .await
        .map_err(Problem::of_new_password)?;
    Ok(HttpResponse::NoContent().finish())
}
