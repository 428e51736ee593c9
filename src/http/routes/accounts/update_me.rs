//! `PATCH /me`

use actix_web::{HttpResponse, patch, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::{
    domain::account::{change::Change, display_name::DisplayName, username::Username},
    http::{
        extract::{
            free_object::FreeObject, json::RequestBody, session::AuthenticatedJson, validate,
        },
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        routes::models::UserResponse,
        settings::Rules,
    },
    service::{AccountChange, Service},
};

/// The fields to change. An absent field stays as it is.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = UserChange, example = json!({ "display_name": "Kim Minji", "profile": { "theme": "dark" } }))]
pub struct UpdateMeBody {
    /// The new username, with the same rules as at signup.
    #[validate(custom(function = "validate::username"))]
    #[schema(min_length = 2, max_length = 32, example = "Minji.K")]
    username: Option<String>,
    /// The new name to show. `null` removes it.
    #[serde(default)]
    #[validate(custom(function = "display_name"))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64, example = "Kim Minji")]
    display_name: Change<String>,
    /// Your app's own data about the user: any JSON object of at most 4 KiB and 8 levels. It
    /// replaces the present object as a whole. `null` replaces it with `{}`.
    #[serde(default)]
    #[validate(custom(function = "profile"))]
    #[schema(value_type = Option<BTreeMap<String, Value>>, example = json!({ "theme": "dark" }))]
    profile: Change<FreeObject>,
}

fn display_name(change: &Change<String>) -> Result<(), ValidationError> {
    let name = change.value();
    name.map_or(Ok(()), |name| validate::display_name(name))
}

fn profile(change: &Change<FreeObject>) -> Result<(), ValidationError> {
    change.value().map_or(Ok(()), validate::free_object)
}

impl RequestBody for UpdateMeBody {
    type Value = AccountChange;
    const WHOLE: &'static str = "username";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        let username = self.username.map(|username| Username::parse(&username));
        Ok(AccountChange {
            username: username
                .transpose()
                .map_err(|reason| FieldError::new("username", reason))?,
            display_name: (self.display_name)
                .try_map(|name| DisplayName::parse(&name))
                .map_err(|reason| FieldError::new("display_name", reason))?,
            profile: (self.profile)
                .try_map(|profile| profile.parse())
                .map_err(|reason| FieldError::new("profile", reason))?,
        })
    }
}

error_responses!(UpdateMeErrors:
    error_responses::WITH_SESSION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::UsernameTaken, ProblemCode::TooManyRequests],
);

/// Update the current user
///
/// Changes the caller's username, display name and profile, all or none. Sessions stay valid. An
/// account may change its username or email five times a day. Only the operator changes `roles` and
/// `metadata`.
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
    AuthenticatedJson(caller, change): AuthenticatedJson<UpdateMeBody>,
) -> Result<HttpResponse, Problem> {
    let user = service.update_account(&caller, change).await?;
    Ok(HttpResponse::Ok().json(UserResponse::from(&user)))
}
