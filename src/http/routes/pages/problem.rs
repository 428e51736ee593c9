//! `GET /problems/{code}`: the page that explains a problem code.

use actix_web::{HttpRequest, HttpResponse, get, http::header};
use askama::Template;

use crate::{
    domain::language::Language,
    http::{
        extract::language,
        openapi::error_responses::error_responses,
        problem::{
            Problem,
            code::{ProblemCode, ProblemTexts},
        },
    },
};

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

error_responses!(ProblemPageErrors: &[ProblemCode::NotFound]);

/// Explain a problem code
///
/// Returns the page that a problem document's `type` links to, in English or Korean by
/// `Accept-Language`.
#[utoipa::path(
    tag = "service",
    operation_id = "get_problem_page",
    params(("code" = inline(ProblemCode), Path, description = "The code of a problem document.", example = "validation_failed")),
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html",
         headers(("Content-Language" = String, description = "`en` or `ko`"))),
        ProblemPageErrors
    )
)]
#[get("/problems/{code}")]
pub async fn get_problem_page(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let code = request
        .match_info()
        .get("code")
        .and_then(ProblemCode::of_slug);
    let code = code.ok_or(Problem::new(ProblemCode::NotFound))?;
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
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
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
    texts: ProblemTexts,
}
