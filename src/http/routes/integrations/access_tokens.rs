//! `POST /token` and the key set: what neighbours verify by themselves; it must not know how tokens are made.

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::session::access_token::KEY_SET_AGE,
    http::{
        extract::session::LoggedIn,
        openapi::error_responses::{self, failures},
        problem::{Problem, code::Code},
    },
    service::{PublishedKey, Service},
};

/// An access token, as OAuth 2.0 hands it over (RFC 6749 section 5.1).
#[derive(Serialize, ToSchema)]
#[schema(as = AccessToken)]
pub struct AccessTokenView {
    /// A JWT (RFC 7519) of type `at+jwt`, signed with Ed25519: `iss`, `aud`, `sub` the account, `sid` the session, `jti`, `iat`, `exp`.
    access_token: String,
    /// `Bearer`
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until it ends: 300, or what is left of the session.
    #[schema(example = 300)]
    expires_in: u64,
}

failures!(TokenFailures: error_responses::WITH_SESSION, error_responses::WITH_COOKIE);

/// Exchange my session for an access token
///
/// Five minutes of proof that any neighbour verifies by itself with `/.well-known/jwks.json`. The session is what another one is got
/// with; ending it ends the exchange, and the tokens that are out end within five minutes.
#[utoipa::path(
    tag = "neighbours",
    operation_id = "create_access_token",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, description = "The token.", body = AccessTokenView), TokenFailures)
)]
#[post("/token")]
pub async fn create_access_token(
    service: web::Data<Service>,
    LoggedIn(caller): LoggedIn,
) -> Result<HttpResponse, Problem> {
    let issued = service.issue_access_token(&caller).await?;
    Ok(HttpResponse::Ok().json(AccessTokenView {
        access_token: issued.token,
        token_type: "Bearer",
        expires_in: issued.life.as_secs(),
    }))
}

/// The public keys (RFC 7517 section 5).
#[derive(Serialize, ToSchema)]
#[schema(as = KeySet)]
pub struct KeySetView {
    /// Those that sign, will sign soon, or signed a token that has not ended.
    keys: Vec<KeyView>,
}

/// A public key (RFC 8037 section 2).
#[derive(Serialize, ToSchema)]
#[schema(as = Key)]
pub struct KeyView {
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
    /// What tokens call it: its thumbprint (RFC 7638).
    #[schema(example = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    kid: String,
    /// The key.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    x: String,
}

impl From<PublishedKey> for KeyView {
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

failures!(KeySetFailures: &[Code::DatabaseUnavailable]);

/// The keys that access tokens are verified with
///
/// A JSON Web Key Set. It may be kept for five minutes; a new key is in it for fifteen before it signs.
#[utoipa::path(
    tag = "neighbours",
    operation_id = "get_key_set",
    responses((status = 200, description = "The keys.", body = KeySetView,
        headers(("Cache-Control" = String, description = "How long it may be kept."))), KeySetFailures)
)]
#[get("/.well-known/jwks.json")]
pub async fn get_key_set(service: web::Data<Service>) -> Result<HttpResponse, Problem> {
    let keys = service.published_keys().await?;
    let age = format!("public, max-age={}", KEY_SET_AGE.as_secs());
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, age))
        .json(KeySetView {
            keys: keys.into_iter().map(KeyView::from).collect(),
        }))
}
