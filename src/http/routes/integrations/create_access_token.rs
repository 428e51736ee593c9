//! `POST /token`

use actix_web::{HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    http::{
        extract::session::Authenticated,
        openapi::error_responses::{self, error_responses},
        problem::Problem,
    },
    service::Service,
};

/// An access token, in the form of OAuth 2.0 (RFC 6749 section 5.1).
#[derive(Serialize, ToSchema)]
#[schema(as = AccessToken)]
pub struct AccessTokenResponse {
    /// A JWT of type `at+jwt` (RFC 9068), signed with ES256. Its claims are `iss`, `aud`, `jti`,
    /// `iat`, `exp`, `sub` (the account), `client_id` (the app), `sid` (the session), `auth_time`,
    /// `amr` (RFC 8176), `roles`, `email_verified`, and `metadata` with the members that
    /// `DAEMUN_TOKEN_METADATA` lists, if the account has any of them.
    access_token: String,
    /// `Bearer`
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// The seconds until the token expires: 300, or the remaining time of the session.
    #[schema(example = 300)]
    expires_in: u64,
}

error_responses!(CreateAccessTokenErrors: error_responses::WITH_SESSION, error_responses::WITH_COOKIE);

/// Create an access token
///
/// Exchanges the caller's session for a token that any of your services can validate offline with
/// `/.well-known/jwks.json`. The token is valid for five minutes; exchange the session again for
/// the next one. A revoked session cannot be exchanged, and its access tokens expire within five
/// minutes.
#[utoipa::path(
    tag = "integrations",
    operation_id = "create_access_token",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, description = "The token.", body = AccessTokenResponse), CreateAccessTokenErrors)
)]
#[post("/token")]
pub async fn create_access_token(
    service: web::Data<Service>,
    Authenticated(caller): Authenticated,
) -> Result<HttpResponse, Problem> {
    let issued = service.issue_access_token(&caller).await?;
    Ok(HttpResponse::Ok().json(AccessTokenResponse {
        access_token: issued.token,
        token_type: "Bearer",
        expires_in: issued.life.as_secs(),
    }))
}
