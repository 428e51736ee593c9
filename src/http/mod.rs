//! JSON in, JSON out: the routes, what stands in front of them and how they are described; it must not know the database.

mod access_tokens;
mod auth;
mod captcha;
mod chunked;
mod client;
mod code;
mod connection;
mod cookie;
mod draft;
mod email;
mod failures;
mod field_texts;
mod fields;
mod finish;
mod forward_auth;
mod forwarded;
mod framing;
mod guard;
mod health;
mod introspect;
mod json;
mod language;
mod link_pages;
mod login;
mod mail;
mod me;
pub mod openapi;
mod origin;
mod pages;
mod password_reset;
mod problem;
mod proof;
mod rate_limit;
mod rejected_origins;
mod request_span;
mod rules;
mod server;
mod sessions;
mod settings;
mod shield;
mod signup;
mod stream;
mod transport;
mod unrouted;
mod views;

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

use crate::service::Accounts;

pub use code::{Code, Texts};
pub use field_texts::text as field_text;
pub use json::{BODY_DEADLINE, MAX_BODY};
pub use rejected_origins::RejectedOrigins;
pub use request_span::RequestSpan;
pub use server::serve;
pub use settings::{Draining, ForwardedHeader, ProxyWarning, Rules, Settings};

use openapi::PrintedDocument;
use shield::Shields;
use unrouted::RouteTable;

/// How long a browser may remember a preflight.
const PREFLIGHT_AGE: usize = 600;

/// Every route that the OpenAPI document describes.
fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(signup::sign_up)
        .service(login::log_in)
        .service(login::log_out)
        .service(captcha::get_captcha)
        .service(me::get_me)
        .service(me::update_me)
        .service(me::delete_me)
        .service(me::change_password)
        .service(link_pages::get_verification_page)
        .service(link_pages::get_password_reset_page)
        .service(email::verify_email)
        .service(email::resend_verification)
        .service(email::change_email)
        .service(password_reset::forgot_password)
        .service(password_reset::reset_password)
        .service(sessions::list_sessions)
        .service(sessions::end_session)
        .service(sessions::end_other_sessions)
        .service(forward_auth::forward_auth)
        .service(introspect::introspect)
        .service(access_tokens::create_access_token)
        .service(access_tokens::get_key_set)
        .service(health::get_health)
        .service(health::get_readiness)
        .service(openapi::get_openapi)
        .service(pages::get_problem_page);
}

/// What every worker's application shares, made once.
#[derive(Clone)]
pub struct Shared {
    accounts: web::Data<Accounts>,
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
    pub fn new(accounts: Accounts, settings: Settings) -> serde_json::Result<Self> {
        let pages: &[&str] = if settings.docs {
            &pages::UNDESCRIBED
        } else {
            &[]
        };
        let document = openapi::document_for(&settings.rules);
        Ok(Self {
            table: web::Data::new(RouteTable::new(&document, pages)),
            document: web::Data::new(PrintedDocument(openapi::printed(&document)?.into())),
            accounts: web::Data::new(accounts),
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
        .app_data(shared.accounts.clone())
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
                pages::swagger_ui(config);
            }
        })
        .default_service(web::to(unrouted::unrouted))
        .wrap(from_fn(guard::guard))
        .wrap(cors(&shared.settings))
        .wrap(from_fn(finish::finish))
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
