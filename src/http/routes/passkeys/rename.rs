//! `PATCH /me/passkeys/{id}`

use actix_web::{HttpRequest, HttpResponse, patch, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::account::{display_name::DisplayName, ids::PasskeyId},
    http::{
        extract::{json::RequestBody, session::AuthenticatedJson, validate},
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        routes::models::PasskeyResponse,
        settings::Rules,
    },
    service::Service,
};

/// A name for a passkey.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = RenamePasskey)]
pub struct RenamePasskeyBody {
    /// The user's name for the passkey: 1 to 64 characters, no line breaks.
    #[validate(custom(function = "validate::display_name"))]
    #[schema(min_length = 1, max_length = 64, example = "Minji's laptop")]
    name: String,
}

impl RequestBody for RenamePasskeyBody {
    type Value = DisplayName;
    const WHOLE: &'static str = "name";

    fn value(self, _rules: &Rules) -> Result<DisplayName, FieldError> {
        DisplayName::parse(&self.name).map_err(|reason| FieldError::new("name", reason))
    }
}

error_responses!(RenamePasskeyErrors:
    error_responses::WITH_SESSION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::PasskeyNotFound],
);

/// Rename a passkey
///
/// Changes the name by which the owner recognizes a passkey. A passkey of another account returns
/// 404.
#[utoipa::path(
    tag = "passkeys",
    operation_id = "rename_passkey",
    security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path, format = "uuid", description = "The passkey's id, from the list.",
            example = "019aab12-3c4e-7c32-9a5b-6c7d8e9f0a1b")),
    request_body(content = RenamePasskeyBody, description = "The new name."),
    responses((status = 200, description = "The passkey is renamed.", body = PasskeyResponse), RenamePasskeyErrors)
)]
#[patch("/me/passkeys/{id}")]
pub async fn rename_passkey(
    request: HttpRequest,
    service: web::Data<Service>,
    AuthenticatedJson(caller, name): AuthenticatedJson<RenamePasskeyBody>,
) -> Result<HttpResponse, Problem> {
    let id = request.match_info().get("id").and_then(PasskeyId::parse);
    let id = id.ok_or(Problem::new(ProblemCode::PasskeyNotFound))?;
    let passkey = service.rename_passkey(&caller, id, name).await?;
    Ok(HttpResponse::Ok().json(PasskeyResponse::from(&passkey)))
}
