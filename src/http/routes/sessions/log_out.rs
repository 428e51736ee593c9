//! `POST /logout`

use actix_web::{HttpResponse, post, web};

use crate::{
    http::{
        extract::{cookie, session::Authenticated},
        openapi::error_responses::{self, error_responses},
        problem::Problem,
        settings::Settings,
    },
    service::Service,
};

error_responses!(LogOutErrors: error_responses::WITH_SESSION, error_responses::WITH_COOKIE);

/// Log out
///
/// Revokes the session of the request and clears its cookie.
#[utoipa::path(
    tag = "accounts",
    operation_id = "log_out",
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "The session is revoked.",
         headers(("Set-Cookie" = String, description = "Clears the session cookie."))),
        LogOutErrors
    )
)]
#[post("/logout")]
pub async fn log_out(
    service: web::Data<Service>,
    settings: web::Data<Settings>,
    Authenticated(caller): Authenticated,
) -> Result<HttpResponse, Problem> {
    service.log_out(&caller).await?;
    let mut response = HttpResponse::NoContent();
    cookie::clear(&mut response, &settings);
    Ok(response.finish())
}
