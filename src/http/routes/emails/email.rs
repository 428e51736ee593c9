//! `/email` and `/me/email`: proving to read a mailbox

use actix_web::{HttpRequest, HttpResponse, middleware::from_fn, post, put, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::proof_fields::ProofFields;
use crate::{
    domain::{account::email::Email, credential::password::Password, invalid::Invalid},
    http::{
        extract::{
            client::Client,
            json::{Body, Valid},
            require_mail::WithMail,
            session::{LoggedInWith, authenticate},
            validate,
        },
        middleware::rate_limit,
        openapi::error_responses::{self, failures},
        problem::{FieldError, Problem, code::Code},
        routes::models::{AcceptedView, UserView},
        settings::Rules,
    },
    service::{EmailChange, MailboxProof, Proof, Service},
};

/// The code or token of a mail. With a session: `code` or `token`. Without one: `email`, `code` and `password`, or `token` and
/// `password`. Any other combination is `validation_failed`.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = VerifyEmail, example = json!({
    "email": "minji@example.com", "code": "493027", "password": "Correct-Horse-7-battery"
}))]
pub struct VerifyBody {
    /// The address that the code was sent to, without a session.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji@example.com")]
    email: Option<String>,
    /// The six digits of the mail. Blanks and hyphens are ignored, and digits of any script are accepted.
    #[schema(example = "493027")]
    code: Option<String>,
    /// The part of the mailed link after `#token=`.
    #[schema(example = "dmc_AZqrEjxNfl-KmwwdLj9KW5R2c0u1hJkQm3vXyZ8oPt6a7LdEfGhIjKlMnOpQrStU")]
    token: Option<String>,
    /// The account's password, without a session.
    #[schema(format = "password", example = "Correct-Horse-7-battery")]
    password: Option<String>,
}

/// Who is to be verified, by what.
pub enum Verification {
    /// The caller.
    Own(Proof),
    /// Whoever has this password.
    Anyones(MailboxProof, Option<Password>),
}

impl VerifyBody {
    fn proof(&self) -> ProofFields<'_> {
        ProofFields {
            code: self.code.as_deref(),
            token: self.token.as_deref(),
            email: self.email.as_deref(),
        }
    }
}

impl Body for VerifyBody {
    type Value = Verification;
    const WHOLE: &'static str = "code";

    fn value(self, _rules: &Rules) -> Result<Verification, FieldError> {
        let password = self.password.as_deref().map(Password::presented);
        Ok(match password {
            Some(password) => Verification::Anyones(self.proof().of_mailbox()?, password),
            None => Verification::Own(self.proof().of_caller()?),
        })
    }

    fn mismatches(&self, is_refused: &dyn Fn(&str) -> bool) -> Vec<FieldError> {
        let has_password = self.password.is_some();
        let mut errors = self.proof().mismatches(has_password, is_refused);
        if self.email.is_some() && !has_password {
            errors.push(FieldError::new("password", Invalid::Required));
        }
        errors
    }
}

failures!(VerifyFailures:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE, error_responses::WITH_SESSION,
    &[Code::InvalidCredentials, Code::AccountDisabled, Code::UsernameTaken, Code::EmailTaken, Code::TokenInvalid,
      Code::CodeInvalid, Code::TooManyRequests, Code::Overloaded, Code::MailNotConfigured],
);

/// Verify an e-mail address
///
/// Proves to read a mailbox: the account's own, the one it is to change to, or that of a sign-up, whose account exists from then
/// on. The mail alone is not enough, because a stranger may have opened the account: it takes its session, or its password. With
/// `password` the session is not looked at. A code is good for 15 minutes and five tries, a link for a day.
///
/// Whatever is wrong with a code, its address or the password beside it, the answer is `code_invalid`, after one password hash.
/// Whoever reads the mailbox and does not know the password resets it.
#[utoipa::path(
    tag = "e-mail",
    operation_id = "verify_email",
    security((), ("bearer" = []), ("cookie" = [])),
    request_body(content = VerifyBody, description = "What the mail said."),
    responses((status = 200, description = "The address is verified.", body = UserView), VerifyFailures)
)]
#[post("/email/verify")]
pub async fn verify_email(
    _mail: WithMail,
    request: HttpRequest,
    service: web::Data<Service>,
    client: Client,
    Valid(verification): Valid<VerifyBody>,
) -> Result<HttpResponse, Problem> {
    let user = match verification {
        Verification::Own(proof) => {
            let caller = authenticate(&request).await?;
            service.verify_own_email(&caller, proof).await?
        }
        Verification::Anyones(proof, password) => {
            service
                .verify_email(proof, password, &client.visitor())
                .await?
        }
    };
    Ok(HttpResponse::Ok().json(UserView::from(&user)))
}

/// The address to verify, where no session tells.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = VerificationRequest)]
pub struct ResendBody {
    /// The address that was given at sign-up.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji@example.com")]
    email: Option<String>,
}

impl Body for ResendBody {
    type Value = Option<Email>;
    const WHOLE: &'static str = "email";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        self.email
            .map(|email| Email::parse(&email))
            .transpose()
            .map_err(|reason| FieldError::new("email", reason))
    }
}

failures!(ResendFailures:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE, error_responses::WITH_SESSION,
    &[Code::TooManyRequests, Code::Overloaded, Code::MailNotConfigured],
);

/// Send the mail again
///
/// Sends another code and link to the caller's address, or with `email` to that address if it was used to sign up; with `email`
/// the session is ignored. The response is the same whether there is anything to verify or not, and whether a mail is sent or not.
///
/// An address gets one verification mail a minute and five an hour, two of them through one client IP; the mail of the sign-up
/// counts, a mail for a new password does not. A mail that is not sent is logged with the reason. One client IP may make 10
/// requests a minute to this route and `POST /password/forgot` together.
#[utoipa::path(
    tag = "e-mail",
    operation_id = "resend_verification",
    security((), ("bearer" = []), ("cookie" = [])),
    request_body(content = ResendBody, description = "The address, or nothing with a session."),
    responses(
        (status = 202, description = "If there is something to verify, a mail is on its way.", body = AcceptedView,
         headers(
            ("RateLimit-Policy" = String, description = "The limit, such as `\"mail-request\";q=10;w=60`."),
            ("RateLimit" = String, description = "What is left of it, such as `\"mail-request\";r=9;t=6`.")
         )),
        ResendFailures
    )
)]
#[post("/email/resend", wrap = "from_fn(rate_limit::mail_requests)")]
pub async fn resend_verification(
    _mail: WithMail,
    request: HttpRequest,
    service: web::Data<Service>,
    client: Client,
    Valid(email): Valid<ResendBody>,
) -> Result<HttpResponse, Problem> {
    if let Some(email) = email {
        service
            .request_verification(&email, &client.visitor())
            .await?;
    } else {
        let caller = authenticate(&request).await?;
        service.resend_verification(&caller).await?;
    }
    Ok(HttpResponse::Accepted().json(AcceptedView::ACCEPTED))
}

/// The new address, and the password that confirms it.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = EmailChange, example = json!({
    "email": "minji.k@example.com", "current_password": "Correct-Horse-7-battery"
}))]
pub struct ChangeBody {
    /// One address, by the same rules as at sign-up.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji.k@example.com")]
    email: String,
    /// The current password. It is never refused for its form.
    #[schema(format = "password", example = "Correct-Horse-7-battery")]
    current_password: String,
}

impl Body for ChangeBody {
    type Value = EmailChange;
    const WHOLE: &'static str = "email";

    fn value(self, _rules: &Rules) -> Result<EmailChange, FieldError> {
        Ok(EmailChange {
            current: Password::presented(&self.current_password),
            email: Email::parse(&self.email).map_err(|reason| FieldError::new("email", reason))?,
        })
    }
}

failures!(ChangeFailures:
    error_responses::WITH_SESSION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[Code::CurrentPasswordWrong, Code::TooManyRequests, Code::Overloaded, Code::MailNotConfigured],
);

/// Change my address
///
/// Sends a code and a link to the new address; the account has it once `POST /email/verify` proves that its mailbox is read. Until
/// then nothing changes. The old address is told, if it is verified. The answer is the same where another account has the address.
/// It costs one password hash. An account makes five changes of username or email a day.
#[utoipa::path(
    tag = "e-mail",
    operation_id = "change_email",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = ChangeBody, description = "The new address."),
    responses((status = 202, description = "A mail is on its way to the new address.", body = AcceptedView), ChangeFailures)
)]
#[put("/me/email")]
pub async fn change_email(
    _mail: WithMail,
    service: web::Data<Service>,
    LoggedInWith(caller, change): LoggedInWith<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    service.change_email(&caller, change).await?;
    Ok(HttpResponse::Accepted().json(AcceptedView::VERIFICATION_REQUIRED))
}
