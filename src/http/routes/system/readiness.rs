//! `GET /readyz`

use actix_web::{HttpResponse, get, web};

use super::health::HealthResponse;
use crate::{
    http::{
        openapi::error_responses::error_responses,
        problem::{Problem, code::ProblemCode},
        settings::Settings,
    },
    service::Service,
};

error_responses!(ReadinessErrors: &[ProblemCode::NotReady]);

/// Check readiness
///
/// Returns 200 if the database is available and migrated. Returns 503 while the database is
/// unavailable or the service is stopping.
#[utoipa::path(
    tag = "service",
    operation_id = "get_readiness",
    responses((status = 200, description = "The service is ready.", body = HealthResponse), ReadinessErrors)
)]
#[get("/readyz")]
pub async fn get_readiness(
    service: web::Data<Service>,
    settings: web::Data<Settings>,
) -> Result<HttpResponse, Problem> {
    if settings.draining.has_begun() {
        return Err(Problem::new(ProblemCode::NotReady));
    }
    service.is_ready().await.map_err(|error| {
        tracing::warn!(%error, "the service is not ready");
        Problem::new(ProblemCode::NotReady)
    })?;
    Ok(HttpResponse::Ok().json(HealthResponse::OK))
}
