//! `GET /problems`: the list of the problem codes.

use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use askama::Template;

use super::frame::PageFrame;
use crate::{
    domain::language::Language,
    http::{
        openapi::error_responses::error_responses,
        problem::{Problem, code::ProblemCode},
        settings::Settings,
    },
};

/// The path that redirects to the list. The OpenAPI document does not describe it.
pub const WITH_SLASH: &str = "/problems/";

error_responses!(ProblemListErrors: &[]);

/// List the problem codes
///
/// Returns a page with every problem code, its title and its status, in English or Korean by
/// `Accept-Language`. Each code links to the page that explains it.
#[utoipa::path(
    tag = "service",
    operation_id = "list_problems",
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html",
         headers(("Content-Language" = String, description = "`en` or `ko`"))),
        ProblemListErrors
    )
)]
#[get("/problems")]
pub async fn list_problems(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let frame = PageFrame::of(&request);
    let (title, lead) = match frame.language {
        Language::English => (
            "Problem codes",
            "Every failure of this service has one of these codes as `code`.",
        ),
        Language::Korean => (
            "오류 코드",
            "이 서비스의 모든 오류 응답은 `code`에 다음 중 하나를 담습니다.",
        ),
    };
    let codes = ProblemCode::ALL.iter().map(|code| ListedProblem {
        slug: code.slug(),
        status: code.status().as_u16(),
        title: code.texts(frame.language).title,
    });
    let page = ProblemList {
        title,
        lead,
        codes: codes.collect(),
        frame,
    };
    let html = page.render()?;
    Ok(page
        .frame
        .response(None)
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(html))
}

/// Redirects people who cut the code off the URL of its page.
#[get("/problems/")]
pub async fn redirect_to_list(settings: web::Data<Settings>) -> HttpResponse {
    let location = settings.location("/problems", "../problems");
    HttpResponse::Found()
        .insert_header((header::LOCATION, location.as_ref()))
        .finish()
}

/// The page of all problem codes.
#[derive(Template)]
#[template(path = "pages/problems.html")]
struct ProblemList {
    frame: PageFrame,
    title: &'static str,
    lead: &'static str,
    codes: Vec<ListedProblem>,
}

struct ListedProblem {
    slug: &'static str,
    status: u16,
    title: &'static str,
}
