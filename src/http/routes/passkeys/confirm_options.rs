//! `POST /me/confirm/options`

use actix_web::{HttpResponse, post, web};

use super::request_options::AssertionOptionsResponse;
use crate::{
    http::{
        extract::session::AuthenticatedJson,
        openapi::error_responses::{self, error_responses},
        problem::{Problem, code::ProblemCode},
        routes::models::EmptyBody,
    },
    service::Service,
};

error_responses!(ConfirmOptionsErrors:
    error_responses::WITH_SESSION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::PasskeyNotFound, ProblemCode::PasskeysNotConfigured],
);

/// Get options to confirm with a passkey
///
/// Starts a confirmation by passkey. Pass `options` to the browser with
/// `parseRequestOptionsFromJSON` and `navigator.credentials.get()`, and send the result with
/// `ceremony` to `POST /me/confirm`. The authenticator must verify its user, because the passkey
/// replaces the password too.
#[utoipa::path(
    tag = "passkeys",
    operation_id = "create_confirmation_options",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = EmptyBody, description = "An empty object."),
    responses(
        (status = 200, description = "The ceremony and its options.", body = AssertionOptionsResponse),
        ConfirmOptionsErrors
    )
)]
#[post("/me/confirm/options")]
pub async fn create_confirmation_options(
    service: web::Data<Service>,
    AuthenticatedJson(caller, ()): AuthenticatedJson<EmptyBody>,
) -> Result<HttpResponse, Problem> {
    let options = service.confirmation_passkey_options(&caller).await?;
    Ok(HttpResponse::Ok().json(AssertionOptionsResponse::from(options)))
}
