//! `PATCH /admin/users/{id}`

use actix_web::{HttpResponse, patch, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{fields, response::AdminUserResponse};
use crate::{
    domain::account::{
        change::Change, display_name::DisplayName, email::Email, external_id::ExternalId,
        username::Username,
    },
    http::{
        admin::{
            codes::{WITH_BODY, WITH_KEY, WITH_USER},
            path::UserInPath,
        },
        extract::{
            free_object::FreeObject,
            json::{RequestBody, Valid},
            service_key::scoped::{Scoped, UsersWrite},
            validate,
        },
        openapi::error_responses::error_responses,
        problem::{FieldError, Problem, code::ProblemCode},
        settings::Rules,
    },
    service::{Service, UserChange},
};

/// The fields to change. An absent field stays as it is.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = AdminUserChange, example = json!({ "roles": ["editor"], "disabled": false }))]
pub struct UserChangeBody {
    /// The new username, with the same rules as at signup.
    #[validate(custom(function = "validate::username"))]
    #[schema(min_length = 2, max_length = 32, example = "Minji.K")]
    username: Option<String>,
    /// The new email address. It is not verified, unless `email_verified` is `true`. The old
    /// address gets a notice.
    #[validate(custom(function = "validate::email"))]
    #[schema(format = "email", max_length = 254, example = "minji@example.org")]
    email: Option<String>,
    /// `true` if the address needs no verification.
    email_verified: Option<bool>,
    /// `true` disables the account, revokes its sessions and voids its codes and links.
    disabled: Option<bool>,
    /// The new name to show. `null` removes it.
    #[serde(default)]
    #[validate(custom(function = "fields::display_name_change"))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64, example = "Kim Minji")]
    display_name: Change<String>,
    /// The new roles, which replace all present ones. `null` removes them.
    #[serde(default)]
    #[validate(custom(function = "fields::roles_change"))]
    #[schema(value_type = Option<Vec<String>>, max_items = 32, example = json!(["editor"]))]
    roles: Change<Vec<String>>,
    /// The new data, which replaces the present object as a whole. `null` replaces it with `{}`.
    #[serde(default)]
    #[validate(custom(function = "fields::metadata_change"))]
    #[schema(value_type = Option<BTreeMap<String, Value>>, example = json!({ "plan": "pro" }))]
    metadata: Change<FreeObject>,
    /// The new id in another system. `null` removes it.
    #[serde(default)]
    #[validate(custom(function = "fields::external_id_change"))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 255, example = "crm-1842")]
    external_id: Change<String>,
}

impl RequestBody for UserChangeBody {
    type Value = UserChange;
    const WHOLE: &'static str = "username";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        let rejected = |field: &'static str| move |reason| FieldError::new(field, reason);
        let username = self.username.as_deref().map(Username::parse);
        let email = self.email.as_deref().map(Email::parse);
        let roles = self.roles.try_map(|names| fields::parse_roles(&names));
        let metadata = self.metadata.try_map(|metadata| metadata.parse());
        let external_id = self.external_id.try_map(|id| ExternalId::parse(&id));
        let display_name = self.display_name.try_map(|name| DisplayName::parse(&name));
        Ok(UserChange {
            username: username.transpose().map_err(rejected("username"))?,
            email: email.transpose().map_err(rejected("email"))?,
            email_verified: self.email_verified,
            disabled: self.disabled,
            display_name: display_name.map_err(rejected("display_name"))?,
            roles: roles.map_err(rejected("roles"))?.or_emptied(),
            metadata: metadata.map_err(rejected("metadata"))?.or_emptied(),
            external_id: external_id.map_err(rejected("external_id"))?,
        })
    }
}

error_responses!(UpdateUserErrors: WITH_KEY, WITH_BODY, WITH_USER,
    &[ProblemCode::UsernameTaken, ProblemCode::EmailTaken, ProblemCode::ExternalIdTaken],
);

/// Update a user
///
/// Changes fields of an account, all or none. Needs the scope `users:write`.
#[utoipa::path(
    tag = "users",
    operation_id = "update_user",
    security(("service_key" = [])),
    params(("id" = String, Path, format = "uuid", description = "The account's id.",
            example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")),
    request_body(content = UserChangeBody, description = "The fields to change."),
    responses((status = 200, description = "The updated account.", body = AdminUserResponse), UpdateUserErrors)
)]
#[patch("/admin/users/{id}")]
pub async fn update_user(
    service: web::Data<Service>,
    scoped: Scoped<UsersWrite, (UserInPath, Valid<UserChangeBody>)>,
) -> Result<HttpResponse, Problem> {
    let (user, Valid(change)) = scoped.rest;
    let account = service
        .update_user(&scoped.by, &user.name(), change)
        .await?;
    Ok(HttpResponse::Ok().json(AdminUserResponse::from(&account)))
}
