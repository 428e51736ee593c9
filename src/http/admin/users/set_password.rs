//! `PUT /admin/users/{id}/password`

use actix_web::{HttpResponse, put, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::fields;
use crate::{
    domain::{credential::password::NewPassword, invalid::Invalid},
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

/// The new password, or its hash: exactly one of them.
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
    password: Option<String>,
    /// A hash of the password by another system, as at the creation of a user. The first login
    /// replaces it.
    #[schema(max_length = 512, example = json!(null))]
    password_hash: Option<String>,
}

/// The value of a valid body.
pub enum UserPasswordInput {
    Password(NewPassword),
    Hash(String),
}

impl RequestBody for UserPasswordBody {
    type Value = UserPasswordInput;
    const WHOLE: &'static str = "password";

    fn value(self, rules: &Rules) -> Result<Self::Value, FieldError> {
        if let (None, Some(hash)) = (&self.password, self.password_hash) {
            return Ok(UserPasswordInput::Hash(hash));
        }
        let password = self.password.as_deref().unwrap_or_default();
        NewPassword::parse(password, rules.password_min)
            .map(UserPasswordInput::Password)
            .map_err(|reason| FieldError::new("password", reason))
    }

    fn mismatches(&self, is_rejected: &dyn Fn(&str) -> bool) -> Vec<FieldError> {
        let is_given = is_rejected("password") || is_rejected("password_hash");
        match (&self.password, &self.password_hash) {
            (None, None) if !is_given => vec![FieldError::new("password", Invalid::Required)],
            (password, hash) => fields::exclude_hash(
                password.as_deref().filter(|_| !is_rejected("password")),
                hash.as_deref(),
            ),
        }
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
    request_body(content = UserPasswordBody, description = "The new password or its hash."),
    responses((status = 204, description = "The password is replaced."), SetUserPasswordErrors)
)]
#[put("/admin/users/{id}/password")]
pub async fn set_user_password(
    service: web::Data<Service>,
    scoped: Scoped<UsersWrite, (UserInPath, Valid<UserPasswordBody>)>,
) -> Result<HttpResponse, Problem> {
    let (user, Valid(input)) = scoped.rest;
    let (by, name) = (&scoped.by, user.name());
    match input {
        UserPasswordInput::Password(password) => service.set_password(by, &name, password).await?,
        UserPasswordInput::Hash(hash) => service.set_password_hash(by, &name, &hash).await?,
    };
    Ok(HttpResponse::NoContent().finish())
}
