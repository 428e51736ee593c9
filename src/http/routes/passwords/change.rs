//! `PUT /me/password`

use actix_web::{HttpResponse, put, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::credential::password::{NewPassword, Password},
    http::{
        extract::{
            draft::PasswordDraft, json::RequestBody, session::confirmed::SecondFactorConfirmedJson,
            validate,
        },
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        settings::Rules,
    },
    service::{PasswordChange, Service},
};

/// The current password and the new one.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = PasswordChange, example = json!({
    "current_password": "Correct-Horse-7-battery",
    "new_password": "Another-Staple-8-lantern"
}))]
pub struct ChangePasswordBody {
    /// The current password. There is no format validation.
    #[schema(format = "password", example = "Correct-Horse-7-battery")]
    current_password: String,
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

impl RequestBody for ChangePasswordBody {
    type Value = PasswordChange;
    const WHOLE: &'static str = "new_password";

    fn value(self, rules: &Rules) -> Result<PasswordChange, FieldError> {
        Ok(PasswordChange {
            current: Password::presented(&self.current_password),
            new: NewPassword::parse(&self.new_password, rules.password_min)
                .map_err(|reason| FieldError::new("new_password", reason))?,
        })
    }

    fn draft(&self, rules: &Rules) -> Option<PasswordDraft> {
        PasswordDraft::of_new_password(&self.new_password, rules)
    }
}

error_responses!(ChangePasswordErrors:
    error_responses::WITH_CONFIRMATION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::CurrentPasswordWrong, ProblemCode::TooManyRequests, ProblemCode::Overloaded],
);

/// Change the password
///
/// Sets a new password. Every other session of the account is revoked, and every recognized device
/// except the caller's is forgotten. With a second factor, the session has to be confirmed: see
/// `POST /me/confirm`. Ten wrong passwords within an hour revoke the session. The request computes
/// two password hashes.
#[utoipa::path(
    tag = "me",
    operation_id = "change_password",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = ChangePasswordBody, description = "The current password and the new one."),
    responses(
        (status = 204, description = "The password is changed. Only this session and its device remain."),
        ChangePasswordErrors
    )
)]
#[put("/me/password")]
pub async fn change_password(
    service: web::Data<Service>,
    SecondFactorConfirmedJson(caller, change): SecondFactorConfirmedJson<ChangePasswordBody>,
) -> Result<HttpResponse, Problem> {
    service
        .change_password(&caller, change)
        .await
        .map_err(Problem::of_new_password)?;
    Ok(HttpResponse::NoContent().finish())
}
