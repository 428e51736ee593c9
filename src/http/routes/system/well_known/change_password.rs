//! `GET /.well-known/change-password`

use actix_web::{HttpResponse, get, http::header::LOCATION, web};

use crate::http::{
    openapi::error_responses::error_responses,
    problem::{Problem, code::ProblemCode},
    settings::Settings,
};

/// The path below the base path, and at the root of the origin.
pub const PATH: &str = "/.well-known/change-password";

error_responses!(GetChangePasswordPageErrors: &[ProblemCode::NotFound]);

/// Get the page to change a password
///
/// Redirects password managers to the page of the app where users change their password ("A
/// well-known URL for changing passwords", W3C). `not_found` 404 without
/// `DAEMUN_CHANGE_PASSWORD_URL`.
#[utoipa::path(
    tag = "service",
    operation_id = "get_change_password_page",
    responses(
        (status = 302, description = "The page is at `Location`.", headers(("Location" = String, description = "The URL of the page."))),
        GetChangePasswordPageErrors
    )
)]
#[get("/.well-known/change-password")]
pub async fn get_change_password_page(
    settings: web::Data<Settings>,
) -> Result<HttpResponse, Problem> {
    password_page(settings).await
}

/// Redirects to the page. It serves the route below the base path and the one at the root.
pub async fn password_page(settings: web::Data<Settings>) -> Result<HttpResponse, Problem> {
    let page = settings.change_password_url.as_deref();
    let page = page.ok_or(Problem::new(ProblemCode::NotFound))?;
    Ok(HttpResponse::Found()
        .insert_header((LOCATION, page))
        .finish())
}
