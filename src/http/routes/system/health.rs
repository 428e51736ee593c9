//! `GET /healthz`

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::openapi::error_responses::error_responses;

/// The status of a healthy service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Health)]
pub struct HealthResponse {
    /// `ok`
    #[schema(example = "ok")]
    status: &'static str,
}

impl HealthResponse {
    /// The only status.
    pub const OK: Self = Self { status: "ok" };
}

error_responses!(HealthErrors: &[]);

/// Check liveness
///
/// Returns 200 while the process runs. Nothing else is checked.
#[utoipa::path(
    tag = "service",
    operation_id = "get_health",
    responses((status = 200, description = "The process runs.", body = HealthResponse), HealthErrors)
)]
#[get("/healthz")]
pub async fn get_health() -> HttpResponse {
    HttpResponse::Ok().json(HealthResponse::OK)
}
