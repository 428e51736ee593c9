//! `/me`: the caller's own account

use actix_web::{HttpResponse, delete, get, patch, put, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::{
        account::username::Username,
        credential::password::{NewPassword, Password},
    },
    http::{
        extract::{
            cookie,
            draft::Draft,
            json::Body,
            session::{LoggedIn, LoggedInWith},
            validate,
        },
        openapi::error_responses::{self, failures},
        problem::{FieldError, Problem, code::Code},
        routes::models::UserView,
        settings::{Rules, Settings},
    },
    service::{PasswordChange, Service},
};

failures!(MeFailures: error_responses::WITH_SESSION);

/// Who am I
///
/// The account that the request's session belongs to.
#[utoipa::path(
    tag = "me",
    operation_id = "get_me",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, description = "The account.", body = UserView), MeFailures)
)]
#[get("/me")]
pub async fn get_me(LoggedIn(caller): LoggedIn) -> HttpResponse {
    HttpResponse::Ok().json(UserView::from(&caller.user))
}

/// What is to change; what is absent stays.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = UserChange, example = json!({ "username": "Minji.K" }))]
pub struct ChangeBody {
    /// Another user name, by the same rules as at sign-up.
    #[validate(custom(function = "validate::username"))]
    #[schema(min_length = 2, max_length = 32, example = "Minji.K")]
    username: Option<String>,
}

impl Body for ChangeBody {
    type Value = Option<Username>;
    const WHOLE: &'static str = "username";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        self.username
            .map(|username| Username::parse(&username))
            .transpose()
            .map_err(|reason| FieldError::new("username", reason))
    }
}

failures!(ChangeFailures:
    error_responses::WITH_SESSION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[Code::UsernameTaken, Code::TooManyRequests],
);

/// Change my account
///
/// Gives the caller another user name; sessions stay as they are. An account makes five changes of username or email a day.
#[utoipa::path(
    tag = "me",
    operation_id = "update_me",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = ChangeBody, description = "What is to change."),
    responses((status = 200, description = "The account as it is now.", body = UserView), ChangeFailures)
)]
#[patch("/me")]
pub async fn update_me(
    service: web::Data<Service>,
    LoggedInWith(caller, username): LoggedInWith<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    let user = match username {
        Some(username) => service.rename(&caller, username).await?,
        None => caller.user,
    };
    Ok(HttpResponse::Ok().json(UserView::from(&user)))
}

/// The password that confirms the deletion.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = Confirmation, example = json!({ "current_password": "Correct-Horse-7-battery" }))]
pub struct ConfirmationBody {
    /// The current password. It is never refused for its form.
    #[schema(format = "password", example = "Correct-Horse-7-battery")]
    current_password: String,
}

impl Body for ConfirmationBody {
    type Value = Option<Password>;
    const WHOLE: &'static str = "current_password";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        Ok(Password::presented(&self.current_password))
    }
}

failures!(ConfirmedFailures:
    error_responses::WITH_SESSION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[Code::CurrentPasswordWrong, Code::TooManyRequests, Code::Overloaded],
);

/// Delete my account
///
/// Deletes the account and everything that is its own, at once and for good. It costs one password hash.
#[utoipa::path(
    tag = "me",
    operation_id = "delete_me",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = ConfirmationBody, description = "The password that confirms it."),
    responses(
        (status = 204, description = "The account is gone.",
         headers(("Set-Cookie" = String, description = "Clears the session's cookie."))),
        ConfirmedFailures
    )
)]
#[delete("/me")]
pub async fn delete_me(
    service: web::Data<Service>,
    settings: web::Data<Settings>,
    LoggedInWith(caller, password): LoggedInWith<ConfirmationBody>,
) -> Result<HttpResponse, Problem> {
    service.delete_account(&caller, password).await?;
    Ok(HttpResponse::NoContent()
        .cookie(cookie::cleared(&settings))
        .finish())
}

/// The current password and the one to come.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = PasswordChange, example = json!({
    "current_password": "Correct-Horse-7-battery",
    "new_password": "Another-Staple-8-lantern"
}))]
pub struct PasswordChangeBody {
    /// The current password. It is never refused for its form.
    #[schema(format = "password", example = "Correct-Horse-7-battery")]
    current_password: String,
    /// The new password, by the same rules as at sign-up.
    #[validate(custom(function = "validate::new_password", use_context))]
    #[schema(
        format = "password",
        min_length = 8,
        max_length = 128,
        example = "Another-Staple-8-lantern"
    )]
    new_password: String,
}

impl Body for PasswordChangeBody {
    type Value = PasswordChange;
    const WHOLE: &'static str = "new_password";

    fn value(self, rules: &Rules) -> Result<PasswordChange, FieldError> {
        Ok(PasswordChange {
            current: Password::presented(&self.current_password),
            new: NewPassword::parse(&self.new_password, rules.password_min)
                .map_err(|reason| FieldError::new("new_password", reason))?,
        })
    }

    fn draft(&self, rules: &Rules) -> Option<Draft> {
        Draft::of_new_password(&self.new_password, rules)
    }
}

/// Change my password
///
/// Replaces the password, ends every other session of the account and forgets every recognized device but the caller's. It costs two
/// password hashes.
#[utoipa::path(
    tag = "me",
    operation_id = "change_password",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = PasswordChangeBody, description = "The current password and the new one."),
    responses((status = 204, description = "The password was replaced. Only this session and its device are left."), ConfirmedFailures)
)]
#[put("/me/password")]
pub async fn change_password(
    service: web::Data<Service>,
    LoggedInWith(caller, change): LoggedInWith<PasswordChangeBody>,
) -> Result<HttpResponse, Problem> {
    service
        .change_password(&caller, change)
        .await
        .map_err(Problem::of_new_password)?;
    Ok(HttpResponse::NoContent().finish())
}
