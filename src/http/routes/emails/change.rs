//! `PUT /me/email`

use actix_web::{HttpResponse, put, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::account::email::Email,
    http::{
        extract::{
            json::RequestBody, require_mail::RequireMail, session::confirmed::ConfirmedJson,
            validate,
        },
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        routes::models::AcceptedResponse,
        settings::Rules,
    },
    service::Service,
};

/// The new address.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = EmailChange, example = json!({ "email": "minji.k@example.com" }))]
pub struct ChangeEmailBody {
    /// One email address, with the same rules as at signup.
    #[validate(custom(function = "validate::new_email", use_context))]
    #[schema(format = "email", max_length = 254, example = "minji.k@example.com")]
    email: String,
}

impl RequestBody for ChangeEmailBody {
    type Value = Email;
    const WHOLE: &'static str = "email";

    fn value(self, _rules: &Rules) -> Result<Email, FieldError> {
        Email::parse(&self.email).map_err(|reason| FieldError::new("email", reason))
    }
}

error_responses!(ChangeEmailErrors:
    error_responses::WITH_CONFIRMATION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::TooManyRequests, ProblemCode::MailNotConfigured],
);

/// Change the email address
///
/// Sends a code and a link to the new address. The account keeps its old address until
/// `POST /email/verify` verifies the new one. The old address gets a notice if it is verified. The
/// response is the same if another account has the new address. An account may change its username
/// or email five times a day. The session has to be confirmed: see `POST /me/confirm`.
#[utoipa::path(
    tag = "email",
    operation_id = "change_email",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = ChangeEmailBody, description = "The new address."),
    responses((status = 202, description = "A mail is on its way to the new address.", body = AcceptedResponse), ChangeEmailErrors)
)]
#[put("/me/email")]
pub async fn change_email(
    _mail: RequireMail,
    service: web::Data<Service>,
    ConfirmedJson(caller, email): ConfirmedJson<ChangeEmailBody>,
) -> Result<HttpResponse, Problem> {
    service.change_email(&caller, email).await?;
    Ok(HttpResponse::Accepted().json(AcceptedResponse::VERIFICATION_REQUIRED))
}
