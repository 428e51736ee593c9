//! Swagger UI and the redirect from `/` to it.

use std::{borrow::Cow, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, get, http::header, routes, web};
use utoipa_swagger_ui::Config;

use crate::http::{
    problem::{Problem, code::ProblemCode},
    settings::Settings,
};

/// Everything comes from this server. The scripts of Swagger UI add styles to its elements.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/// The paths of this file. The OpenAPI document does not describe them.
pub const PATHS: [&str; 4] = ["", "/", "/swagger-ui", "/swagger-ui/{file:.*}"];

struct SwaggerConfig(Arc<Config<'static>>);

/// Adds Swagger UI and the redirect to it.
pub fn configure(config: &mut web::ServiceConfig) {
    let swagger = Config::new(["/openapi.json"])
        .use_base_layout()
        .try_it_out_enabled(true)
        .persist_authorization(true)
        .display_request_duration(true)
        .display_operation_id(true)
        .with_credentials(true)
        .default_models_expand_depth(0)
        .validator_url("none");
    config
        .app_data(web::Data::new(SwaggerConfig(Arc::new(swagger))))
        .service(redirect)
        .service(get_file);
}

/// Redirects the root, with and without a slash below a base path, and the folder.
#[routes]
#[get("")]
#[get("/")]
#[get("/swagger-ui")]
async fn redirect(settings: web::Data<Settings>) -> HttpResponse {
    // A relative path also leads there below a prefix that a proxy strips unannounced.
    let location = match settings.external_prefix.as_str() {
        "" => Cow::Borrowed("swagger-ui/"),
        prefix => Cow::Owned(format!("{prefix}/swagger-ui/")),
    };
    HttpResponse::Found()
        .insert_header((header::LOCATION, location.as_ref()))
        .finish()
}

#[get("/swagger-ui/{file:.*}")]
async fn get_file(
    request: HttpRequest,
    config: web::Data<SwaggerConfig>,
) -> Result<HttpResponse, Problem> {
    let name = request.match_info().query("file");
    let file = utoipa_swagger_ui::serve(name, Arc::clone(&config.0)).map_err(|error| {
        tracing::error!(%error, "could not build a file of Swagger UI");
        Problem::new(ProblemCode::Internal)
    })?;
    let file = file.ok_or(Problem::new(ProblemCode::NotFound))?;
    let mut response = HttpResponse::Ok();
    response
        .content_type(file.content_type)
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    if file.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    Ok(match file.bytes {
        Cow::Borrowed(bytes) => response.body(bytes),
        Cow::Owned(bytes) => response.body(bytes),
    })
}
