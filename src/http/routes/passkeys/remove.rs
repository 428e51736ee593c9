//! `DELETE /me/passkeys/{id}`

use actix_web::{HttpRequest, HttpResponse, delete, web};

use crate::{
    domain::account::ids::PasskeyId,
    http::{
        extract::session::confirmed::Confirmed,
        openapi::error_responses::{self, error_responses},
        problem::{Problem, code::ProblemCode},
    },
    service::Service,
};

error_responses!(RemovePasskeyErrors:
    error_responses::WITH_CONFIRMATION, error_responses::WITH_COOKIE, &[ProblemCode::PasskeyNotFound]);

/// Remove a passkey
///
/// Removes a passkey. It is rejected from the next request on. If no second factor is left, the
/// recovery codes are deleted and no device is trusted any more. The owner gets a mail.
/// The session has to be confirmed: see `POST /me/confirm`.
///
/// The passkey stays on its authenticator. A browser hides it after
/// `PublicKeyCredential.signalUnknownCredential()`.
#[utoipa::path(
    tag = "passkeys",
    operation_id = "remove_passkey",
    security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path, format = "uuid", description = "The passkey's id, from the list.",
            example = "019aab12-3c4e-7c32-9a5b-6c7d8e9f0a1b")),
    responses((status = 204, description = "The passkey is removed."), RemovePasskeyErrors)
)]
#[delete("/me/passkeys/{id}")]
pub async fn remove_passkey(
    request: HttpRequest,
    service: web::Data<Service>,
    Confirmed(caller): Confirmed,
) -> Result<HttpResponse, Problem> {
    let id = request.match_info().get("id").and_then(PasskeyId::parse);
    let id = id.ok_or(Problem::new(ProblemCode::PasskeyNotFound))?;
    service.remove_passkey(&caller, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
