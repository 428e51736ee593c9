//! `POST /password/forgot` and `POST /password/reset`

use actix_web::{HttpResponse, middleware::from_fn, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::{account::email::Email, credential::password::NewPassword},
    http::{
        extract::{
            client::Client,
            draft::Draft,
            json::{Body, Valid},
            require_mail::WithMail,
            validate,
        },
        middleware::rate_limit,
        openapi::error_responses::{self, failures},
        problem::{FieldError, Problem, code::Code},
        routes::{emails::proof_fields::ProofFields, models::AcceptedView},
        settings::Rules,
    },
    service::{MailboxProof, Service},
};

/// Whose password was forgotten.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = ForgottenPassword)]
pub struct ForgotBody {
    /// The account's address.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji@example.com")]
    email: String,
}

impl Body for ForgotBody {
    type Value = Email;
    const WHOLE: &'static str = "email";

    fn value(self, _rules: &Rules) -> Result<Email, FieldError> {
        Email::parse(&self.email).map_err(|reason| FieldError::new("email", reason))
    }
}

failures!(ForgotFailures:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE,
    &[Code::TooManyRequests, Code::Overloaded, Code::DatabaseUnavailable, Code::MailNotConfigured],
);

/// Forgot the password
///
/// Sends a code and a link to a new password, if an account has this address. Anyone may call it. The response and its work are
/// the same whether an account has the address or not, and whether a mail is sent or not. The code is good for 15 minutes and five
/// tries, the link for 30 minutes; a newer mail voids the older ones.
///
/// An address gets one such mail a minute and five an hour, two of them through one client IP; a verification mail does not count.
/// A mail that is not sent is logged with the reason. One client IP may make 10 requests a minute to this route and
/// `POST /email/resend` together.
#[utoipa::path(
    tag = "e-mail",
    operation_id = "forgot_password",
    request_body(content = ForgotBody, description = "The account's address."),
    responses(
        (status = 202, description = "If an account has this address, a mail is on its way.", body = AcceptedView,
         headers(
            ("RateLimit-Policy" = String, description = "The limit, such as `\"mail-request\";q=10;w=60`."),
            ("RateLimit" = String, description = "What is left of it, such as `\"mail-request\";r=9;t=6`.")
         )),
        ForgotFailures
    )
)]
#[post("/password/forgot", wrap = "from_fn(rate_limit::mail_requests)")]
pub async fn forgot_password(
    _mail: WithMail,
    service: web::Data<Service>,
    client: Client,
    Valid(email): Valid<ForgotBody>,
) -> Result<HttpResponse, Problem> {
    service.request_reset(&email, &client.visitor()).await?;
    Ok(HttpResponse::Accepted().json(AcceptedView::ACCEPTED))
}

/// The code or token of a mail, and the new password: `token` and `new_password`, or `email`, `code` and `new_password`. Any other
/// combination is `validation_failed`.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = ResetPassword, example = json!({
    "email": "minji@example.com", "code": "493027", "new_password": "Another-Staple-8-lantern"
}))]
pub struct ResetBody {
    /// The address that the code was sent to.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji@example.com")]
    email: Option<String>,
    /// The six digits of the mail. Blanks and hyphens are ignored, and digits of any script are accepted.
    #[schema(example = "493027")]
    code: Option<String>,
    /// The part of the mailed link after `#token=`.
    #[schema(example = "dmc_AZqrEjxNfl-KmwwdLj9KW5R2c0u1hJkQm3vXyZ8oPt6a7LdEfGhIjKlMnOpQrStU")]
    token: Option<String>,
    /// The new password, by the same rules as at signup.
    #[validate(custom(function = "validate::new_password", use_context))]
    #[schema(
        format = "password",
        min_length = 8,
        max_length = 128,
        example = "Another-Staple-8-lantern"
    )]
    new_password: String,
}

/// A password to be set.
pub struct Reset {
    proof: MailboxProof,
    password: NewPassword,
}

impl ResetBody {
    fn proof(&self) -> ProofFields<'_> {
        ProofFields {
            code: self.code.as_deref(),
            token: self.token.as_deref(),
            email: self.email.as_deref(),
        }
    }
}

impl Body for ResetBody {
    type Value = Reset;
    const WHOLE: &'static str = "code";

    fn value(self, rules: &Rules) -> Result<Reset, FieldError> {
        let password = NewPassword::parse(&self.new_password, rules.password_min)
            .map_err(|reason| FieldError::new("new_password", reason))?;
        Ok(Reset {
            proof: self.proof().of_mailbox()?,
            password,
        })
    }

    fn mismatches(&self, is_refused: &dyn Fn(&str) -> bool) -> Vec<FieldError> {
        self.proof().mismatches(true, is_refused)
    }

    fn draft(&self, rules: &Rules) -> Option<Draft> {
        let email = self.email.as_deref().map(Email::parse);
        let email = email
            .and_then(Result::ok)
            .map(|email| email.as_str().to_owned());
        Some(Draft {
            email: email.unwrap_or_default(),
            ..Draft::of_new_password(&self.new_password, rules)?
        })
    }
}

failures!(ResetFailures:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE,
    &[Code::TokenInvalid, Code::CodeInvalid, Code::TooManyRequests, Code::Overloaded, Code::DatabaseUnavailable, Code::MailNotConfigured],
);

/// Set a new password
///
/// Replaces the password of whoever proves to read the account's mailbox. The address counts as verified from then on, and
/// everything ends that was before: sessions, known devices and changes that wait. The owner is told by mail. A rejected new password
/// does not consume the link; it counts as one of the link's 20 attempts, or one of the code's five. It costs one password hash; no
/// session is opened.
#[utoipa::path(
    tag = "e-mail",
    operation_id = "reset_password",
    request_body(content = ResetBody, description = "What the mail said, and the new password."),
    responses((status = 204, description = "The new password holds."), ResetFailures)
)]
#[post("/password/reset")]
pub async fn reset_password(
    _mail: WithMail,
    service: web::Data<Service>,
    client: Client,
    Valid(Reset { proof, password }): Valid<ResetBody>,
) -> Result<HttpResponse, Problem> {
    service
        .reset_password(proof, password, &client.visitor())
        .await
        .map_err(Problem::of_new_password)?;
    Ok(HttpResponse::NoContent().finish())
}
