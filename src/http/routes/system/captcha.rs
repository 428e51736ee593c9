//! `GET /captcha`

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    http::{
        extract::client::Client,
        openapi::error_responses::error_responses,
        problem::{Problem, code::ProblemCode},
    },
    service::{CaptchaChallenge, Service},
};

/// A challenge of the ALTCHA protocol, version 2, in the form that the widget expects.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaptchaChallenge)]
pub struct CaptchaResponse {
    parameters: CaptchaParametersResponse,
    /// The signature of the parameters. Return `parameters` and `signature` unchanged.
    #[schema(
        min_length = 64,
        max_length = 64,
        pattern = "^[0-9a-f]+$",
        example = "b3a1f4c07f7c4bb5f8be64a4f7c1b1cf0d5c1b7fb8a7c1de0e3b35b8a9d0c4e2"
    )]
    signature: String,
}

/// The task: find the number for which PBKDF2 derives a key that begins with `keyPrefix`. The
/// password is `nonce` followed by the number as four big-endian bytes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CaptchaParameters)]
pub struct CaptchaParametersResponse {
    /// `PBKDF2/SHA-256`
    #[schema(example = "PBKDF2/SHA-256")]
    algorithm: String,
    /// The number of iterations of one derivation.
    #[schema(minimum = 1, example = 1000)]
    cost: u32,
    /// The time at which the challenge expires, in seconds since 1970-01-01T00:00:00Z.
    #[schema(example = 1_795_349_100)]
    expires_at: i64,
    /// The length of a derived key in bytes.
    #[schema(minimum = 16, example = 32)]
    key_length: usize,
    /// The beginning of the correct derived key, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]+$", example = "5d0b7e1fa43c9d2286b1c4f0e7a95d13")]
    key_prefix: String,
    /// The signature of the derived key. The server verifies a solution with it, without another
    /// derivation.
    #[schema(
        min_length = 64,
        max_length = 64,
        pattern = "^[0-9a-f]+$",
        example = "0f6f2c8d1d5b4c8e9a7b3f2e1d0c9b8a7f6e5d4c3b2a19080f7e6d5c4b3a2918"
    )]
    key_signature: String,
    /// The beginning of the derivation's password, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]+$", example = "8f14e45fceea167a5a36dedd4bea2543")]
    nonce: String,
    /// The salt of the derivation, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]+$", example = "c9f0f895fb98ab9159f51fd0297e236d")]
    salt: String,
}

impl From<CaptchaChallenge> for CaptchaResponse {
    fn from(challenge: CaptchaChallenge) -> Self {
        Self {
            parameters: CaptchaParametersResponse {
                algorithm: challenge.algorithm,
                cost: challenge.cost,
                expires_at: challenge.expires_at,
                key_length: challenge.key_length,
                key_prefix: challenge.key_prefix,
                key_signature: challenge.key_signature,
                nonce: challenge.nonce,
                salt: challenge.salt,
            },
            signature: challenge.signature,
        }
    }
}

error_responses!(CaptchaErrors: &[ProblemCode::DatabaseUnavailable]);

/// Get a CAPTCHA challenge
///
/// Call this after a signup or login returned `captcha_required`. Solve the challenge, and send
/// the same request again with the solution as `captcha`. The ALTCHA widget fetches and solves the
/// challenge in a browser with `challenge="/captcha"`. Without the widget, some thirty lines of
/// code solve it. No authentication is needed.
///
/// A challenge is valid for five minutes, and its solution for one request. The work increases
/// with the failed logins and the signups of a client IP.
#[utoipa::path(
    tag = "accounts",
    operation_id = "get_captcha",
    responses(
        (status = 200, description = "A challenge.", body = CaptchaResponse),
        CaptchaErrors
    )
)]
#[get("/captcha")]
pub async fn get_captcha(
    service: web::Data<Service>,
    client: Client,
) -> Result<HttpResponse, Problem> {
    let challenge = service.captcha(&client.ip).await?;
    Ok(HttpResponse::Ok().json(CaptchaResponse::from(challenge)))
}
