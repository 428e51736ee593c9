//! The admin listener's application: metrics, health and readiness for the operator's own tools.
//!
//! It has no session, no cookie and no CORS.

mod metrics;

use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web,
};
use tracing_actix_web::TracingLogger;
use utoipa::openapi::OpenApi;

use super::{
    middleware::{error_response, header_limit, request_log::RequestSpan},
    routes::{
        not_found::{AllowedMethods, not_found},
        system::{health, readiness},
    },
    settings::Settings,
};
use crate::{service::Service, telemetry::metrics::Metrics};

/// The paths of the admin listener, all with the methods GET and HEAD.
pub const ADMIN_PATHS: [&str; 3] = ["/metrics", "/healthz", "/readyz"];

/// The state of the admin listener's application.
#[derive(Clone)]
pub struct AdminShared {
    service: web::Data<Service>,
    settings: web::Data<Settings>,
    metrics: web::Data<Metrics>,
    allowed_methods: web::Data<AllowedMethods>,
}

impl AdminShared {
    /// Creates the state for a service. The base path and the forwarding headers of the public
    /// listener have no meaning here.
    #[must_use]
    pub fn new(service: Service, settings: &Settings, metrics: Metrics) -> Self {
        let settings = Settings {
            base_path: String::new(),
            external_prefix: String::new(),
            trusted_proxies: Vec::new(),
            ..settings.clone()
        };
        let document = OpenApi::default();
        Self {
            service: web::Data::new(service),
            settings: web::Data::new(settings),
            metrics: web::Data::new(metrics),
            allowed_methods: web::Data::new(AllowedMethods::new("", &document, &ADMIN_PATHS, &[])),
        }
    }
}

/// Creates the admin listener's application of one worker.
pub fn admin_application(
    shared: &AdminShared,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    App::new()
        .app_data(shared.service.clone())
        .app_data(shared.settings.clone())
        .app_data(shared.metrics.clone())
        .app_data(shared.allowed_methods.clone())
        .service(metrics::get_metrics)
        .service(health::get_health)
        .service(readiness::get_readiness)
        .default_service(web::to(not_found))
        .wrap(from_fn(header_limit::enforce))
        .wrap(from_fn(error_response::error_response))
        .wrap(TracingLogger::<RequestSpan>::new())
}
