//! `POST /login/passkey/options`

use actix_web::{HttpResponse, post, web};

use super::request_options::AssertionOptionsResponse;
use crate::{
    http::{
        extract::json::Valid,
        openapi::error_responses::{self, error_responses},
        problem::{Problem, code::ProblemCode},
        routes::models::EmptyBody,
    },
    service::Service,
};

error_responses!(PasskeyLogInOptionsErrors:
    error_responses::WITH_BODY, &[ProblemCode::PasskeysNotConfigured]);

/// Get options for a login by passkey
///
/// Starts a login by passkey. Pass `options` to the browser with `parseRequestOptionsFromJSON` and
/// `navigator.credentials.get()`, and send the result with `ceremony` to `POST /login/passkey`. The
/// options are for every account, so the user types no username. No authentication is needed.
///
/// A ceremony is valid for five minutes and one login. For autofill (`mediation: "conditional"`),
/// request new options before they expire.
#[utoipa::path(
    tag = "passkeys",
    operation_id = "create_passkey_log_in_options",
    request_body(content = EmptyBody, description = "An empty object."),
    responses(
        (status = 200, description = "The ceremony and its options.", body = AssertionOptionsResponse),
        PasskeyLogInOptionsErrors
    )
)]
#[post("/login/passkey/options")]
pub async fn create_passkey_log_in_options(
    service: web::Data<Service>,
    Valid(()): Valid<EmptyBody>,
) -> Result<HttpResponse, Problem> {
    let options = service.passkey_log_in_options()?;
    Ok(HttpResponse::Ok().json(AssertionOptionsResponse::from(options)))
}
