//! Whether the process lives and whether it can serve; it must tell nothing else.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    http::{
        openapi::error_responses::failures,
        problem::{Problem, code::Code},
        settings::Settings,
    },
    service::Service,
};

/// All is well.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`
    #[schema(example = "ok")]
    status: &'static str,
}

failures!(HealthFailures: &[]);

/// Is the process alive
///
/// Answers as long as the process lives; asks nothing else.
#[utoipa::path(
    tag = "service",
    operation_id = "get_health",
    responses((status = 200, description = "It lives.", body = Health), HealthFailures)
)]
#[get("/healthz")]
pub async fn get_health() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

failures!(ReadinessFailures: &[Code::NotReady]);

/// Can the service serve
///
/// Answers 200 when the database answers and is migrated, and 503 while it is away or the service is stopping.
#[utoipa::path(
    tag = "service",
    operation_id = "get_readiness",
    responses((status = 200, description = "It can.", body = Health), ReadinessFailures)
)]
#[get("/readyz")]
pub async fn get_readiness(
    service: web::Data<Service>,
    settings: web::Data<Settings>,
) -> Result<HttpResponse, Problem> {
    if settings.draining.has_begun() {
        return Err(Problem::new(Code::NotReady));
    }
    service.is_ready().await.map_err(|error| {
        tracing::warn!(%error, "the service is not ready");
        Problem::new(Code::NotReady)
    })?;
    Ok(HttpResponse::Ok().json(Health { status: "ok" }))
}
