//! `PATCH /me`

use actix_web::{HttpResponse, patch, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::account::username::Username,
    http::{
        extract::{json::RequestBody, session::AuthenticatedJson, validate},
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        routes::models::UserResponse,
        settings::Rules,
    },
    service::Service,
};

/// The fields to change. An absent field stays as it is.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = UserChange, example = json!({ "username": "Minji.K" }))]
pub struct UpdateMeBody {
    /// The new username, with the same rules as at signup.
    #[validate(custom(function = "validate::username"))]
    #[schema(min_length = 2, max_length = 32, example = "Minji.K")]
    username: Option<String>,
}

impl RequestBody for UpdateMeBody {
    type Value = Option<Username>;
    const WHOLE: &'static str = "username";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        self.username
            .map(|username| Username::parse(&username))
            .transpose()
            .map_err(|reason| FieldError::new("username", reason))
    }
}

error_responses!(UpdateMeErrors:
    error_responses::WITH_SESSION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::UsernameTaken, ProblemCode::TooManyRequests],
);

/// Update the current user
///
/// Changes the caller's username. Sessions stay valid. An account may change its username or email
/// five times a day.
#[utoipa::path(
    tag = "me",
    operation_id = "update_me",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = UpdateMeBody, description = "The fields to change."),
    responses((status = 200, description = "The updated account.", body = UserResponse), UpdateMeErrors)
)]
#[patch("/me")]
pub async fn update_me(
    service: web::Data<Service>,
    AuthenticatedJson(caller, username): AuthenticatedJson<UpdateMeBody>,
) -> Result<HttpResponse, Problem> {
    let user = match username {
        Some(username) => service.rename(&caller, username).await?,
        None => caller.user,
    };
    Ok(HttpResponse::Ok().json(UserResponse::from(&user)))
}
