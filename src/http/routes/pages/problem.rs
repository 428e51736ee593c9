//! What people open in a browser: Swagger UI, a page for each problem code, and the way from `/`; it must not answer apps.

use std::{borrow::Cow, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use askama::Template;
use utoipa_swagger_ui::Config;

use crate::{
    domain::language::Language,
    http::{
        extract::language,
        openapi::error_responses::failures,
        problem::{
            Problem,
            code::{Code, Texts},
        },
    },
};

/// Swagger UI styles its elements from its scripts; everything comes from this server.
const SWAGGER_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// The addresses of this file that the OpenAPI document does not describe.
pub const UNDESCRIBED: [&str; 3] = ["/", "/swagger-ui", "/swagger-ui/{file:.*}"];

/// Adds Swagger UI and the way to it.
pub fn swagger_ui(config: &mut web::ServiceConfig) {
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
        .service(to_swagger_ui)
        .service(swagger_ui_folder)
        .service(swagger_ui_file);
}

struct SwaggerConfig(Arc<Config<'static>>);

#[get("/")]
async fn to_swagger_ui() -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, "/swagger-ui/"))
        .finish()
}

#[get("/swagger-ui")]
async fn swagger_ui_folder() -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, "/swagger-ui/"))
        .finish()
}

#[get("/swagger-ui/{file:.*}")]
async fn swagger_ui_file(
    request: HttpRequest,
    config: web::Data<SwaggerConfig>,
) -> Result<HttpResponse, Problem> {
    let name = request.match_info().query("file");
    let file = utoipa_swagger_ui::serve(name, Arc::clone(&config.0)).map_err(|error| {
        tracing::error!(%error, "a file of Swagger UI could not be made");
        Problem::new(Code::Internal)
    })?;
    let file = file.ok_or(Problem::new(Code::NotFound))?;
    let mut response = HttpResponse::Ok();
    response
        .content_type(file.content_type)
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, SWAGGER_POLICY));
    if file.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    Ok(match file.bytes {
        Cow::Borrowed(bytes) => response.body(bytes),
        Cow::Owned(bytes) => response.body(bytes),
    })
}

failures!(PageFailures: &[Code::NotFound]);

/// What a problem code means
///
/// The page behind a problem document's `type`, in English or Korean by `Accept-Language`.
#[utoipa::path(
    tag = "service",
    operation_id = "get_problem_page",
    params(("code" = inline(Code), Path, description = "The code of a problem document.", example = "validation_failed")),
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html",
         headers(("Content-Language" = String, description = "`en` or `ko`"))),
        PageFailures
    )
)]
#[get("/problems/{code}")]
pub async fn get_problem_page(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let code = request.match_info().get("code").and_then(Code::of_slug);
    let code = code.ok_or(Problem::new(Code::NotFound))?;
    let language = language::accepted(request.headers());
    let page = ProblemPage {
        language,
        slug: code.slug(),
        status: code.status().as_u16(),
        texts: code.texts(language),
    };
    let html = page.render()?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .insert_header((header::VARY, "accept-language"))
        .body(html))
}

/// The page of one problem code. In its texts, `code` stands between backticks.
#[derive(Template)]
#[template(path = "pages/problem.html")]
struct ProblemPage {
    language: Language,
    slug: &'static str,
    status: u16,
    texts: Texts,
}
