//! Swagger UI and the redirect from `/` to it.

use std::{borrow::Cow, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, get, http::header, routes, web};
use utoipa_swagger_ui::Config;

use crate::http::{
    problem::{Problem, code::ProblemCode},
    settings::Settings,
};

/// Everything comes from this server. The scripts of Swagger UI add styles to its elements.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/// The paths of this file. The OpenAPI document does not describe them.
pub const PATHS: [&str; 4] = ["", "/", "/swagger-ui", "/swagger-ui/{file:.*}"];

/// The page with its scripts and style sheet: name, content type, text.
const OWN_FILES: [(&str, &str, &str); 4] = [
    (
        "index.html",
        "text/html; charset=utf-8",
        include_str!("swagger_ui/index.html"),
    ),
    (
        "initializer.js",
        "text/javascript; charset=utf-8",
        include_str!("swagger_ui/initializer.js"),
    ),
    (
        "passkeys.js",
        "text/javascript; charset=utf-8",
        include_str!("swagger_ui/passkeys.js"),
    ),
    (
        "style.css",
        "text/css; charset=utf-8",
        include_str!("swagger_ui/style.css"),
    ),
];

/// The files of Swagger UI that the page loads.
const VENDORED_FILES: [&str; 3] = [
    "favicon-32x32.png",
    "swagger-ui-bundle.js",
    "swagger-ui.css",
];

/// Adds Swagger UI and the redirect to it.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(redirect).service(get_file);
}

/// Redirects the root, with and without a slash below a base path, and the folder.
#[routes]
#[get("")]
#[get("/")]
#[get("/swagger-ui")]
async fn redirect(settings: web::Data<Settings>) -> HttpResponse {
    let location = settings.location("/swagger-ui/", "swagger-ui/");
    HttpResponse::Found()
        .insert_header((header::LOCATION, location.as_ref()))
        .finish()
}

#[get("/swagger-ui/{file:.*}")]
async fn get_file(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let name = match request.match_info().query("file") {
        "" => "index.html",
        name => name,
    };
    let own = OWN_FILES.iter().find(|(own, ..)| *own == name);
    if let Some((_name, content_type, text)) = own {
        return Ok(response(content_type).body(*text));
    }
    vendored(name)
}

fn vendored(name: &str) -> Result<HttpResponse, Problem> {
    if !VENDORED_FILES.contains(&name) {
        return Err(Problem::new(ProblemCode::NotFound));
    }
    // The configuration is only used for a file that the page does not load.
    let file = utoipa_swagger_ui::serve(name, Arc::new(Config::default()));
    let file = file.ok().flatten().ok_or_else(|| {
        tracing::error!(file = name, "a file of Swagger UI is missing");
        Problem::new(ProblemCode::Internal)
    })?;
    let mut response = response(&file.content_type);
    if file.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    Ok(match file.bytes {
        Cow::Borrowed(bytes) => response.body(bytes),
        Cow::Owned(bytes) => response.body(bytes),
    })
}

fn response(content_type: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .content_type(content_type)
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    response
}
