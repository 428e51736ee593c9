//! The admin listener's application: the admin API for services with a key, and metrics, health and
//! readiness for the operator's own tools.
//!
//! It has no session, no cookie and no CORS.

mod codes;
pub(in crate::http) mod document;
mod events;
mod invitations;
mod metrics;
mod path;
mod users;

use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web,
};
use tracing_actix_web::TracingLogger;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    middleware::{error_response, header_limit, request_log::RequestSpan},
    openapi::{self, PrintedDocument},
    routes::{
        not_found::{AllowedMethods, not_found},
        pages::{problems, swagger_ui},
    },
    settings::Settings,
};
use crate::{service::Service, telemetry::metrics::Metrics};

/// The paths of the operator's own tools, which need no key.
pub const ADMIN_PATHS: [&str; 3] = ["/metrics", "/healthz", "/readyz"];

/// The state of the admin listener's application.
#[derive(Clone)]
pub struct AdminShared {
    service: web::Data<Service>,
    settings: web::Data<Settings>,
    metrics: web::Data<Metrics>,
    document: web::Data<PrintedDocument>,
    allowed_methods: web::Data<AllowedMethods>,
}

impl AdminShared {
    /// Creates the state for a service. The base path and the forwarding headers of the public
    /// listener have no meaning here.
    ///
    /// # Errors
    /// Returns an error if the OpenAPI document is not serializable as JSON.
    pub fn new(
        service: Service,
        settings: &Settings,
        metrics: Metrics,
    ) -> serde_json::Result<Self> {
        let settings = Settings {
            base_path: String::new(),
            external_prefix: String::new(),
            trusted_proxies: Vec::new(),
            ..settings.clone()
        };
        let document = document::document_for(&settings.rules);
        let mut pages = vec![problems::WITH_SLASH];
        if settings.docs {
            pages.extend(swagger_ui::PATHS);
        }
        Ok(Self {
            service: web::Data::new(service),
            settings: web::Data::new(settings),
            metrics: web::Data::new(metrics),
            allowed_methods: web::Data::new(AllowedMethods::new("", &document, &pages, &[])),
            document: web::Data::new(PrintedDocument(openapi::printed(&document)?.into())),
        })
    }

    fn configure(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(self.service.clone())
            .app_data(self.settings.clone())
            .app_data(self.metrics.clone())
            .app_data(self.document.clone())
            .app_data(self.allowed_methods.clone());
        document::configure(&mut ServiceConfig::new(config));
        config.service(problems::redirect_to_list);
        if self.settings.docs {
            swagger_ui::configure(config);
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
        .configure(|config| shared.configure(config))
        .default_service(web::to(not_found))
        .wrap(from_fn(header_limit::enforce))
        .wrap(from_fn(error_response::error_response))
        .wrap(TracingLogger::<RequestSpan>::new())
}
