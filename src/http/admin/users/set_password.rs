//! `PUT /admin/users/{id}/password`

use actix_web::{HttpResponse, put, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::credential::password::NewPassword,
    http::{
        admin::{
            codes::{WITH_BODY, WITH_KEY, WITH_USER},
            path::UserInPath,
        },
        extract::{
            json::{RequestBody, Valid},
            service_key::scoped::{Scoped, UsersWrite},
            validate,
        },
        openapi::error_responses::error_responses,
        problem::{FieldError, Problem, code::ProblemCode},
        settings::Rules,
    },
    service::Service,
};

/// The new password.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = UserPassword)]
pub struct UserPasswordBody {
    /// The password, with the same rules as at signup.
    #[validate(custom(function = "validate::new_password", use_context))]
    #[schema(
        format = "password",
        min_length = 8,
        max_length = 128,
        example = "Correct-Horse-7-battery"
    )]
    password: String,
}

impl RequestBody for UserPasswordBody {
    type Value = NewPassword;
    const WHOLE: &'static str = "password";

    fn value(self, rules: &Rules) -> Result<Self::Value, FieldError> {
        NewPassword::parse(&self.password, rules.password_min)
            .map_err(|reason| FieldError::new("password", reason))
    }
}

error_responses!(SetUserPasswordErrors: WITH_KEY, WITH_BODY, WITH_USER, &[ProblemCode::Overloaded]);

/// Set a user's password
///
/// Replaces the password, revokes all sessions, forgets the devices and the failed logins, and
/// voids codes and links. Second factors stay. Needs the scope `users:write`.
#[utoipa::path(
    tag = "users",
    operation_id = "set_user_password",
    security(("service_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "The account's id.",
            example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")),
    request_body(content = UserPasswordBody, description = "The new password."),
    responses((status = 204, description = "The password is replaced."), SetUserPasswordErrors)
)]
#[put("/admin/users/{id}/password")]
pub async fn set_user_password(
    service: web::Data<Service>,
    scoped: Scoped<UsersWrite, (UserInPath, Valid<UserPasswordBody>)>,
) -> Result<HttpResponse, Problem> {
    let (user, Valid(password)) = scoped.rest;
    let name = user.name();
    service.set_password(&scoped.by, &name, password).await?;
    Ok(HttpResponse::NoContent().finish())
}
