//! The HTTP layer: JSON in, JSON out.

mod admin;
mod connection;
mod draining;
mod extract;
mod metering;
mod middleware;
mod openapi;
mod page_settings;
mod problem;
mod rate_limit;
mod routes;
mod settings;
mod warnings;

use actix_cors::Cors;
use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    http::Method,
    middleware::from_fn,
    web,
};
use tracing_actix_web::TracingLogger;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    domain::timestamp::Timestamp,
    service::Service,
    telemetry::metrics::{Metrics, RequestMetrics},
};
use middleware::request_metrics::MeteredApplication;
use openapi::PrintedDocument;
use rate_limit::RouteLimits;
use routes::{not_found::AllowedMethods, system::well_known};

pub use admin::{ADMIN_PATHS, AdminShared, admin_application};
pub use connection::server::serve;
pub use draining::Draining;
pub use extract::json::{BODY_DEADLINE, MAX_BODY};
pub use middleware::request_log::RequestSpan;
pub use page_settings::PageSettings;
pub use problem::{code::ProblemCode, texts::ProblemTexts};
pub use problem::{field_messages::text as field_text, hint::text as hint};
pub use routes::{
    ExportText,
    models::{EventResponse, UserResponse},
};
pub use settings::{ClientInLog, ForwardedHeader, Rules, Settings};
pub use warnings::{
    demanded_captchas::DemandedCaptchas, no_public_url::NoPublicUrl, proxy_warning::ProxyWarning,
    rejected_origins::RejectedOrigins,
};

/// Seconds for which a browser may cache a preflight response.
const PREFLIGHT_AGE: usize = 600;

/// Returns the OpenAPI document of all routes as it is printed and checked in.
///
/// # Errors
/// Returns an error if the document is not serializable as JSON.
pub fn openapi_document() -> serde_json::Result<String> {
    openapi::printed(&openapi::document(routes::configure))
}

/// Returns the OpenAPI document of the admin listener as it is printed and checked in.
///
/// # Errors
/// Returns an error if the document is not serializable as JSON.
pub fn admin_openapi_document() -> serde_json::Result<String> {
    openapi::printed(&admin::document::document())
}

/// The state that every worker's application shares.
#[derive(Clone)]
pub struct Shared {
    service: web::Data<Service>,
    settings: web::Data<Settings>,
    document: web::Data<PrintedDocument>,
    allowed_methods: web::Data<AllowedMethods>,
    route_limits: Option<web::Data<RouteLimits>>,
    metered: Option<web::Data<MeteredApplication>>,
}

impl Shared {
    /// Creates the shared state. Requests are measured if `metered_since` is the start of the
    /// process.
    ///
    /// # Errors
    /// Returns an error if the OpenAPI document is not serializable as JSON.
    pub fn new(
        service: Service,
        settings: Settings,
        metered_since: Option<Timestamp>,
    ) -> serde_json::Result<Self> {
        let prefix = &settings.external_prefix;
        let document = openapi::document_for(routes::configure, &settings.rules, prefix);
        let mut pages = vec![routes::pages::problems::WITH_SLASH];
        if settings.docs {
            pages.extend(routes::pages::swagger_ui::PATHS);
        }
        let (base_path, at_root) = (&settings.base_path, well_known::paths_at_root(&settings));
        let metered = metered_since.map(|start| {
            let routes = metering::routes(base_path, &document, &pages, &at_root);
            let requests = RequestMetrics::new(routes, &metering::REJECTIONS);
            web::Data::new(MeteredApplication(Metrics::new(requests, start)))
        });
        Ok(Self {
            metered,
            allowed_methods: web::Data::new(AllowedMethods::new(
                base_path, &document, &pages, &at_root,
            )),
            document: web::Data::new(PrintedDocument(openapi::printed(&document)?.into())),
            service: web::Data::new(service),
            route_limits: settings
                .limits
                .as_ref()
                .map(RouteLimits::new)
                .map(web::Data::new),
            settings: web::Data::new(settings),
        })
    }

    /// Returns the metrics of the requests, if these are measured.
    #[must_use]
    pub fn metrics(&self) -> Option<Metrics> {
        self.metered.as_ref().map(|metered| metered.0.clone())
    }

    /// Adds the state, and the routes below and outside the base path.
    fn configure(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(self.service.clone())
            .app_data(self.settings.clone())
            .app_data(self.document.clone())
            .app_data(self.allowed_methods.clone());
        if let Some(limits) = &self.route_limits {
            config.app_data(limits.clone());
        }
        if let Some(metered) = &self.metered {
            config.app_data(metered.clone());
        }
        well_known::configure_root(&self.settings, config);
        match self.settings.base_path.as_str() {
            "" => self.add_routes(config),
            base => {
                let scope = web::scope(base).configure(|config| self.add_routes(config));
                config.service(scope);
            }
        }
    }

    fn add_routes(&self, config: &mut web::ServiceConfig) {
        routes::configure(&mut ServiceConfig::new(config));
        config.service(routes::pages::problems::redirect_to_list);
        if self.settings.docs {
            routes::pages::swagger_ui::configure(config);
        }
    }
}

/// Creates the public application of one worker.
pub fn application(
    shared: &Shared,
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
        .configure(|config| shared.configure(config))
        .default_service(web::to(routes::not_found::not_found))
        .wrap(from_fn(middleware::csrf::protect))
        .wrap(from_fn(middleware::header_limit::enforce))
        .wrap(cors(&shared.settings))
        .wrap(from_fn(middleware::any_method::serve_as_get))
        .wrap(from_fn(middleware::error_response::error_response))
        .wrap(TracingLogger::<RequestSpan>::new())
}

/// Returns the CORS rules: the configured origins alone may send credentials.
fn cors(settings: &Settings) -> Cors {
    let cors = Cors::default()
        .allowed_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_any_header()
        .expose_headers([
            "Location",
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy",
            "X-Request-Id",
        ])
        .supports_credentials()
        .max_age(PREFLIGHT_AGE);
    let cors = settings
        .cors_origins
        .iter()
        .fold(cors, |cors, origin| cors.allowed_origin(origin));
    if settings.allows_local_origins {
        cors.allowed_origin_fn(|origin, _head| middleware::csrf::is_local(origin))
    } else {
        cors
    }
}
