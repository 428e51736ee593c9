//! `GET /.well-known/oauth-authorization-server` and `GET /.well-known/openid-configuration`

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::session::access_token::KEY_SET_AGE,
    http::{
        openapi::error_responses::error_responses,
        problem::{Problem, code::ProblemCode},
        settings::Settings,
    },
};

/// The path below the base path. The path of the issuer follows it at the root of the origin.
pub const PATH: &str = "/.well-known/oauth-authorization-server";

/// The metadata of the token issuer (RFC 8414 section 2).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Issuer)]
pub struct IssuerResponse {
    /// The `iss` of access tokens: `DAEMUN_PUBLIC_URL`, byte for byte.
    #[schema(format = "uri", example = "https://app.example.com/auth")]
    issuer: String,
    /// The URL of the JWKS.
    #[schema(
        format = "uri",
        example = "https://app.example.com/auth/.well-known/jwks.json"
    )]
    jwks_uri: String,
    /// The URL of `POST /introspect`.
    #[schema(format = "uri", example = "https://app.example.com/auth/introspect")]
    introspection_endpoint: String,
    /// The ways in which a service sends its key to `POST /introspect`.
    #[schema(example = json!(INTROSPECTION_AUTH_METHODS))]
    introspection_endpoint_auth_methods_supported: [&'static str; 3],
    /// `public`: every service gets the same `sub`.
    #[schema(example = json!(["public"]))]
    subject_types_supported: [&'static str; 1],
    /// `ES256`: the algorithm of access tokens. There are no ID tokens.
    #[schema(example = json!(["ES256"]))]
    id_token_signing_alg_values_supported: [&'static str; 1],
}

/// The registered names of the methods (RFC 8414 section 2). `Bearer` is the service key as a
/// bearer token.
const INTROSPECTION_AUTH_METHODS: [&str; 3] =
    ["client_secret_basic", "client_secret_post", "Bearer"];

error_responses!(DiscoveryErrors: &[ProblemCode::NotFound]);

/// Get the metadata of the token issuer
///
/// Returns the URLs with which OAuth 2.0 resource servers configure themselves (RFC 8414). The
/// service is no OpenID provider and has no authorization endpoint, so `response_types_supported`
/// is absent. The response may be cached for five minutes. If the public URL has a path, the
/// metadata is also at `/.well-known/oauth-authorization-server/PATH` of the origin.
/// `not_found` 404 without `DAEMUN_PUBLIC_URL`.
#[utoipa::path(
    tag = "integrations",
    operation_id = "get_authorization_server",
    responses(
        (status = 200, description = "The metadata.", body = IssuerResponse,
         headers(("Cache-Control" = String, description = "The time for which the response may be cached."))),
        DiscoveryErrors
    )
)]
#[get("/.well-known/oauth-authorization-server")]
pub async fn get_authorization_server(
    settings: web::Data<Settings>,
) -> Result<HttpResponse, Problem> {
    authorization_server(settings).await
}

/// Get the metadata of the token issuer, for OpenID Connect clients
///
/// Returns the same as `GET /.well-known/oauth-authorization-server`, for clients that look for it
/// where OpenID providers have it (OpenID Connect Discovery 1.0).
#[utoipa::path(
    tag = "integrations",
    operation_id = "get_openid_configuration",
    responses(
        (status = 200, description = "The metadata.", body = IssuerResponse,
         headers(("Cache-Control" = String, description = "The time for which the response may be cached."))),
        DiscoveryErrors
    )
)]
#[get("/.well-known/openid-configuration")]
pub async fn get_openid_configuration(
    settings: web::Data<Settings>,
) -> Result<HttpResponse, Problem> {
    authorization_server(settings).await
}

/// Returns the metadata. It serves every path.
pub async fn authorization_server(settings: web::Data<Settings>) -> Result<HttpResponse, Problem> {
    let Some(issuer) = &settings.public_url else {
        settings.no_public_url.warn();
        return Err(Problem::new(ProblemCode::NotFound));
    };
    let age = format!("public, max-age={}", KEY_SET_AGE.as_secs());
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, age))
        .json(IssuerResponse {
            issuer: issuer.clone(),
            jwks_uri: format!("{issuer}/.well-known/jwks.json"),
            introspection_endpoint: format!("{issuer}/introspect"),
            introspection_endpoint_auth_methods_supported: INTROSPECTION_AUTH_METHODS,
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["ES256"],
        }))
}
