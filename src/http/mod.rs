//! JSON in, JSON out: the routes, what stands in front of them and how they are described; it must not know the database.

mod connection;
mod extract;
mod middleware;
pub mod openapi;
mod problem;
mod routes;
mod settings;

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

use crate::service::Service;
use middleware::rate_limit::Shields;
use openapi::PrintedDocument;
use routes::not_found::RouteTable;

pub use connection::server::serve;
pub use extract::json::{BODY_DEADLINE, MAX_BODY};
pub use middleware::rejected_origins::RejectedOrigins;
pub use middleware::request_log::RequestSpan;
pub use problem::code::{Code, Texts};
pub use problem::field_messages::text as field_text;
pub use settings::{Draining, ForwardedHeader, ProxyWarning, Rules, Settings};

/// How long a browser may remember a preflight.
const PREFLIGHT_AGE: usize = 600;

/// Every route that the OpenAPI document describes.
fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::accounts::sign_up::sign_up)
        .service(routes::sessions::log_in::log_in)
        .service(routes::sessions::log_in::log_out)
        .service(routes::captcha::get_captcha)
        .service(routes::accounts::me::get_me)
        .service(routes::accounts::me::update_me)
        .service(routes::accounts::me::delete_me)
        .service(routes::accounts::me::change_password)
        .service(routes::pages::email_link::get_verification_page)
        .service(routes::pages::email_link::get_password_reset_page)
        .service(routes::emails::email::verify_email)
        .service(routes::emails::email::resend_verification)
        .service(routes::emails::email::change_email)
        .service(routes::passwords::reset::forgot_password)
        .service(routes::passwords::reset::reset_password)
        .service(routes::sessions::list::list_sessions)
        .service(routes::sessions::list::end_session)
        .service(routes::sessions::list::end_other_sessions)
        .service(routes::integrations::forward_auth::forward_auth)
        .service(routes::integrations::introspect::introspect)
        .service(routes::integrations::access_tokens::create_access_token)
        .service(routes::integrations::access_tokens::get_key_set)
        .service(routes::system::health::get_health)
        .service(routes::system::health::get_readiness)
        .service(openapi::get_openapi)
        .service(routes::pages::problem::get_problem_page);
}

/// What every worker's application shares, made once.
#[derive(Clone)]
pub struct Shared {
    service: web::Data<Service>,
    settings: web::Data<Settings>,
    document: web::Data<PrintedDocument>,
    table: web::Data<RouteTable>,
    shields: Option<web::Data<Shields>>,
}

impl Shared {
    /// Puts together what the applications share.
    ///
    /// # Errors
    /// When the OpenAPI document cannot be written.
    pub fn new(service: Service, settings: Settings) -> serde_json::Result<Self> {
        let pages: &[&str] = if settings.docs {
            &routes::pages::problem::UNDESCRIBED
        } else {
            &[]
        };
        let document = openapi::document_for(&settings.rules);
        Ok(Self {
            table: web::Data::new(RouteTable::new(&document, pages)),
            document: web::Data::new(PrintedDocument(openapi::printed(&document)?.into())),
            service: web::Data::new(service),
            shields: settings
                .limits
                .as_ref()
                .map(Shields::new)
                .map(web::Data::new),
            settings: web::Data::new(settings),
        })
    }
}

/// The application of one worker.
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
    let docs = shared.settings.docs;
    App::new()
        .app_data(shared.service.clone())
        .app_data(shared.settings.clone())
        .app_data(shared.document.clone())
        .app_data(shared.table.clone())
        .configure(|config| {
            if let Some(shields) = &shared.shields {
                config.app_data(shields.clone());
            }
        })
        .configure(|config| routes(&mut ServiceConfig::new(config)))
        .configure(|config| {
            if docs {
                routes::pages::problem::swagger_ui(config);
            }
        })
        .default_service(web::to(routes::not_found::unrouted))
        .wrap(from_fn(middleware::guard::guard))
        .wrap(cors(&shared.settings))
        .wrap(from_fn(middleware::error_response::finish))
        .wrap(TracingLogger::<RequestSpan>::new())
}

/// Cross-origin calls with credentials, from the configured origins alone.
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
    settings
        .cors_origins
        .iter()
        .fold(cors, |cors, origin| cors.allowed_origin(origin))
}
