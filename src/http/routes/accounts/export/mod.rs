//! `GET /me/export`

mod body;
mod document;
mod factors;
mod mailbox;
mod sessions;
mod text;

use actix_web::{HttpResponse, get, http::header, web};

use crate::{
    http::{
        extract::session::confirmed::Confirmed,
        openapi::error_responses::{self, error_responses},
        problem::Problem,
    },
    service::Service,
};
use body::ExportBody;
use document::ExportResponse;

pub use text::ExportText;

/// The name under which browsers store the document.
const FILE_NAME: &str = "attachment; filename=\"account.json\"";

error_responses!(ExportMeErrors: error_responses::WITH_CONFIRMATION);

/// Export the current user
///
/// Returns everything that is stored about the account as one JSON document: the user, sessions,
/// devices, second factors, mails that wait to be sent, and all events. It contains no password
/// hash, no secret of an authenticator app, and no token, code or digest of one. The session has to
/// be confirmed: see `POST /me/confirm`.
///
/// The document is streamed. A response that breaks off is no valid JSON: repeat the request.
#[utoipa::path(
    tag = "me",
    operation_id = "export_me",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "The data of the account.", body = ExportResponse,
         headers(("Content-Disposition" = String, description = "Suggests a file name to browsers."))),
        ExportMeErrors
    )
)]
#[get("/me/export")]
pub async fn export_me(
    service: web::Data<Service>,
    Confirmed(caller): Confirmed,
) -> Result<HttpResponse, Problem> {
    let export = service.export_own_account(&caller).await?;
    let text = ExportText::new(Service::clone(&service), export);
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CONTENT_DISPOSITION, FILE_NAME))
        .body(ExportBody::new(text)))
}
