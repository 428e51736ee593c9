//! `DELETE /me`

use actix_web::{HttpResponse, delete, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::credential::password::Password,
    http::{
        extract::{cookie, json::RequestBody, session::AuthenticatedJson},
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        settings::{Rules, Settings},
    },
    service::Service,
};

/// The password that confirms the deletion.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = Confirmation, example = json!({ "current_password": "Correct-Horse-7-battery" }))]
pub struct DeleteMeBody {
    /// The current password. There is no format validation.
    #[schema(format = "password", example = "Correct-Horse-7-battery")]
    current_password: String,
}

impl RequestBody for DeleteMeBody {
    type Value = Option<Password>;
    const WHOLE: &'static str = "current_password";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        Ok(Password::presented(&self.current_password))
    }
}

error_responses!(DeleteMeErrors:
    error_responses::WITH_SESSION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::CurrentPasswordWrong, ProblemCode::TooManyRequests, ProblemCode::Overloaded],
);

/// Delete the current user
///
/// Permanently deletes the account and all its data. The request computes one password hash.
#[utoipa::path(
    tag = "me",
    operation_id = "delete_me",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = DeleteMeBody, description = "The password that confirms the deletion."),
    responses(
        (status = 204, description = "The account is deleted.",
         headers(("Set-Cookie" = String, description = "Clears the session cookie."))),
        DeleteMeErrors
    )
)]
#[delete("/me")]
pub async fn delete_me(
    service: web::Data<Service>,
    settings: web::Data<Settings>,
    AuthenticatedJson(caller, password): AuthenticatedJson<DeleteMeBody>,
) -> Result<HttpResponse, Problem> {
    service.delete_account(&caller, password).await?;
    let mut response = HttpResponse::NoContent();
    cookie::clear(&mut response, &settings);
    Ok(response.finish())
}
