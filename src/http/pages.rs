//! What people open in a browser: Swagger UI, a page for each problem code, and the way from `/`; it must not answer apps.

use std::{borrow::Cow, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use utoipa_swagger_ui::Config;

use super::{code::Code, failures::failures, language, problem::Problem};
use crate::domain::language::Language;

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
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .insert_header((header::VARY, "accept-language"))
        .body(page(code, language)))
}

fn page(code: Code, language: Language) -> String {
    let texts = code.texts(language);
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title} · daemun</title>\n\
         <style>{STYLE}</style>\n<main>\n<p><code>{slug}</code> · {status}</p>\n<h1>{title}</h1>\n<p>{detail}</p>\n\
         <p>{advice}</p>\n</main>\n</html>\n",
        lang = language.tag(),
        slug = code.slug(),
        status = code.status(),
        title = marked_up(texts.title),
        detail = marked_up(texts.detail),
        advice = marked_up(texts.advice),
    )
}

const STYLE: &str = ":root{color-scheme:light dark}body{font:1.1rem/1.6 system-ui,sans-serif;margin:0}\
main{max-width:40rem;margin:12vh auto;padding:0 1.5rem}h1{line-height:1.2;margin:.5rem 0 1rem}\
code{font-size:.95em;padding:.1em .35em;border-radius:.3em;background:color-mix(in srgb,currentColor 12%,transparent)}";

/// Text as HTML, with `code` between backticks.
fn marked_up(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let mut html = String::with_capacity(escaped.len() + 32);
    for (position, part) in escaped.split('`').enumerate() {
        match position {
            0 => {}
            odd if odd % 2 == 1 => html.push_str("<code>"),
            _even => html.push_str("</code>"),
        }
        html.push_str(part);
    }
    html
}
