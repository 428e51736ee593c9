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

/// A public key (RFC 8037 section 2).
#[derive(Serialize, ToSchema)]
#[schema(as = Key)]
pub struct KeyResponse {
    /// `OKP`
    #[schema(example = "OKP")]
    kty: &'static str,
    /// `Ed25519`
    #[schema(example = "Ed25519")]
    crv: &'static str,
    /// `EdDSA`
    #[schema(example = "EdDSA")]
    alg: &'static str,
    /// `sig`
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    usage: &'static str,
    /// The key's id in the header of a token: its thumbprint (RFC 7638).
    #[schema(example = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    kid: String,
    /// The key.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    x: String,
}

impl From<PublishedKey> for KeyResponse {
    fn from(key: PublishedKey) -> Self {
        Self {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            usage: "sig",
            kid: key.id,
            x: key.public,
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
