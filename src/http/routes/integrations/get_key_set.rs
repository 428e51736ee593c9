//! `GET /.well-known/jwks.json`

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::session::access_token::KEY_SET_AGE,
    http::{
        openapi::error_responses::error_responses,
        problem::{Problem, code::ProblemCode},
    },
    service::{PublishedKey, Service},
};

/// The JWKS: the public keys that validate access tokens (RFC 7517 section 5).
#[derive(Serialize, ToSchema)]
#[schema(as = KeySet)]
pub struct KeySetResponse {
    /// The keys that sign now, that will sign soon, or that signed a token which has not expired.
    keys: Vec<KeyResponse>,
}

/// A public key (RFC 7518 section 6.2.1).
#[derive(Serialize, ToSchema)]
#[schema(as = Key)]
pub struct KeyResponse {
    /// `EC`
    #[schema(example = "EC")]
    kty: &'static str,
    /// `P-256`
    #[schema(example = "P-256")]
    crv: &'static str,
    /// `ES256`
    #[schema(example = "ES256")]
    alg: &'static str,
    /// `sig`
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    usage: &'static str,
    /// The key's id in the header of a token: its thumbprint (RFC 7638).
    #[schema(example = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")]
    kid: String,
    /// The x coordinate of the key.
    #[schema(example = "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs")]
    x: String,
    /// The y coordinate of the key.
    #[schema(example = "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA")]
    y: String,
}

impl From<PublishedKey> for KeyResponse {
    fn from(key: PublishedKey) -> Self {
        Self {
            kty: "EC",
            crv: "P-256",
            alg: "ES256",
            usage: "sig",
            kid: key.id,
            x: key.x,
            y: key.y,
        }
    }
}

error_responses!(GetKeySetErrors: &[ProblemCode::DatabaseUnavailable]);

/// Get the JWKS
///
/// Returns the public keys for offline token validation as a JSON Web Key Set. It may be cached for
/// five minutes. A new key is published fifteen minutes before it signs.
#[utoipa::path(
    tag = "integrations",
    operation_id = "get_key_set",
    responses((status = 200, description = "The keys.", body = KeySetResponse,
        headers(("Cache-Control" = String, description = "The time for which the response may be cached."))), GetKeySetErrors)
)]
#[get("/.well-known/jwks.json")]
pub async fn get_key_set(service: web::Data<Service>) -> Result<HttpResponse, Problem> {
    let keys = service.published_keys().await?;
    let age = format!("public, max-age={}", KEY_SET_AGE.as_secs());
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, age))
        .json(KeySetResponse {
            keys: keys.into_iter().map(KeyResponse::from).collect(),
        }))
}
