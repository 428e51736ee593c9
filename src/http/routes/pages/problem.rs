//! `GET /problems/{code}`: the page that explains a problem code.

use actix_web::{HttpRequest, HttpResponse, get, http::header};
use askama::Template;

use super::frame::PageFrame;
use crate::{
    domain::language::Language,
    http::{
        openapi::error_responses::error_responses,
        problem::{Problem, code::ProblemCode, texts::ProblemTexts},
    },
};

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
    let frame = PageFrame::of(&request);
    let page = ProblemPage {
        slug: code.slug(),
        status: code.status().as_u16(),
        texts: code.texts(frame.language),
        list: match frame.language {
            Language::English => "All problem codes",
            Language::Korean => "모든 오류 코드",
        },
        frame,
    };
    let html = page.render()?;
    Ok(page
        .frame
        .response(None)
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(html))
}

/// The page of one problem code.
#[derive(Template)]
#[template(path = "pages/problem.html")]
struct ProblemPage {
    frame: PageFrame,
    slug: &'static str,
    status: u16,
    texts: ProblemTexts,
    list: &'static str,
}
