//! `GET /metrics` of the admin listener.

use actix_web::{HttpResponse, get, http::header::CONTENT_TYPE, web};

use crate::{
    http::problem::{Problem, code::ProblemCode},
    service::Service,
    telemetry::metrics::{MEDIA_TYPE, Metrics},
};

/// Returns the metrics in the text format of OpenMetrics. Nothing waits for the database.
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
