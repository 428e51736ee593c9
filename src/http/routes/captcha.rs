//! `GET /captcha`

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    http::{
        extract::client::Client,
        openapi::error_responses::failures,
        problem::{Problem, code::Code},
    },
    service::{CaptchaChallenge, Service},
};

/// A challenge of the ALTCHA protocol, version 2, as its widget takes it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaptchaChallenge)]
pub struct ChallengeView {
    parameters: ParametersView,
    /// Signs the parameters: send both back as they are.
    #[schema(
        min_length = 64,
        max_length = 64,
        pattern = "^[0-9a-f]+$",
        example = "b3a1f4c07f7c4bb5f8be64a4f7c1b1cf0d5c1b7fb8a7c1de0e3b35b8a9d0c4e2"
    )]
    signature: String,
}

/// What is to be solved: the number for which PBKDF2 over `nonce` and the number, as four bytes with the big end first, derives a
/// key that begins with `keyPrefix`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CaptchaParameters)]
pub struct ParametersView {
    /// `PBKDF2/SHA-256`
    #[schema(example = "PBKDF2/SHA-256")]
    algorithm: String,
    /// Rounds of one derivation.
    #[schema(minimum = 1, example = 1000)]
    cost: u32,
    /// When it is too late, in seconds since 1970-01-01T00:00:00Z.
    #[schema(example = 1_795_349_100)]
    expires_at: i64,
    /// Bytes of a derived key.
    #[schema(minimum = 16, example = 32)]
    key_length: usize,
    /// What the right derived key begins with, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]+$", example = "5d0b7e1fa43c9d2286b1c4f0e7a95d13")]
    key_prefix: String,
    /// Signs the derived key, so that a solution is judged without deriving it again.
    #[schema(
        min_length = 64,
        max_length = 64,
        pattern = "^[0-9a-f]+$",
        example = "0f6f2c8d1d5b4c8e9a7b3f2e1d0c9b8a7f6e5d4c3b2a19080f7e6d5c4b3a2918"
    )]
    key_signature: String,
    /// What the derivation's password begins with, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]+$", example = "8f14e45fceea167a5a36dedd4bea2543")]
    nonce: String,
    /// The derivation's salt, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]+$", example = "c9f0f895fb98ab9159f51fd0297e236d")]
    salt: String,
}

impl From<CaptchaChallenge> for ChallengeView {
    fn from(challenge: CaptchaChallenge) -> Self {
        Self {
            parameters: ParametersView {
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

failures!(CaptchaFailures: &[Code::DatabaseUnavailable]);

/// Get a challenge for a proof of work
///
/// A sign-up or log-in that was answered `captcha_required` is sent again with the solution as `captcha`. The official ALTCHA
/// widget does all of it in a browser, from `challenge="/captcha"`; without one, some lines of any language do. Anyone may call it.
///
/// A challenge is good for five minutes, and its solution for one request. The work rises with the failed log-ins and sign-ups of a
/// network.
#[utoipa::path(
    tag = "accounts",
    operation_id = "get_captcha",
    responses(
        (status = 200, description = "A challenge.", body = ChallengeView),
        CaptchaFailures
    )
)]
#[get("/captcha")]
pub async fn get_captcha(
    service: web::Data<Service>,
    client: Client,
) -> Result<HttpResponse, Problem> {
    let challenge = service.captcha(&client.ip).await?;
    Ok(HttpResponse::Ok().json(ChallengeView::from(challenge)))
}
