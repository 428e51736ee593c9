//! `GET /openapi.json`

use actix_web::{HttpResponse, get, http::header, web};

use crate::http::openapi::{PrintedDocument, error_responses::error_responses};

error_responses!(OpenapiErrors: &[]);

/// Get the OpenAPI document
///
/// Returns this description, for tools.
#[utoipa::path(
    tag = "service",
    operation_id = "get_openapi",
    responses(
        (status = 200, description = "The document.", body = serde_json::Value, content_type = "application/json"),
        OpenapiErrors
    )
)]
#[get("/openapi.json")]
pub async fn get_openapi(document: web::Data<PrintedDocument>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(document.0.clone())
}
