//! `GET /metrics` of the admin listener.

use actix_web::{HttpResponse, get, http::header::CONTENT_TYPE, web};

use crate::{
    http::{
        openapi::error_responses::error_responses,
        problem::{Problem, code::ProblemCode},
    },
    service::Service,
    telemetry::metrics::{MEDIA_TYPE, Metrics},
};

error_responses!(MetricsErrors: &[]);

/// Get the metrics
///
/// Returns the metrics in the text format of OpenMetrics. It needs no key, and nothing waits for
/// the database.
#[utoipa::path(
    tag = "service",
    operation_id = "get_metrics",
    responses(
        (status = 200, description = "The metrics.", body = String, content_type = "application/openmetrics-text"),
        MetricsErrors
    )
)]
#[get("/metrics")]
pub async fn get_metrics(
    service: web::Data<Service>,
    metrics: web::Data<Metrics>,
) -> Result<HttpResponse, Problem> {
    let text = metrics.text(service.statistics()).map_err(|error| {
        tracing::error!(%error, "the metrics could not be written");
        Problem::new(ProblemCode::Internal)
    })?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, MEDIA_TYPE))
        .body(text))
}
