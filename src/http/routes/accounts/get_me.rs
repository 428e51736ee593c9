//! `GET /me`

use actix_web::{HttpResponse, get};

use crate::http::{
    extract::session::Authenticated,
    openapi::error_responses::{self, error_responses},
    routes::models::UserResponse,
};

error_responses!(GetMeErrors: error_responses::WITH_SESSION);

/// Get the current user
///
/// Returns the account of the request's session.
#[utoipa::path(
    tag = "me",
    operation_id = "get_me",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, description = "The account.", body = UserResponse), GetMeErrors)
)]
#[get("/me")]
pub async fn get_me(Authenticated(caller): Authenticated) -> HttpResponse {
    HttpResponse::Ok().json(UserResponse::from(&caller.user))
}
