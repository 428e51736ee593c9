//! `GET /me/second-factors`

use actix_web::{HttpResponse, get, web};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    http::{
        extract::session::Authenticated,
        openapi::error_responses::{self, error_responses},
        problem::Problem,
        routes::models::PasskeyResponse,
    },
    service::{SecondFactorOverview, Service},
};

/// An authenticator app.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Totp)]
pub struct TotpResponse {
    /// The time at which it was enabled; RFC 3339 in UTC with six fraction digits.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    enabled_at: String,
}

/// The second factors of an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SecondFactors)]
pub struct SecondFactorsResponse {
    /// The authenticator app; `null` without one.
    #[schema(required = true)]
    totp: Option<TotpResponse>,
    /// The account's passkeys, the oldest first.
    #[schema(max_items = 20)]
    passkeys: Vec<PasskeyResponse>,
    /// The number of recovery codes that were not used yet.
    #[schema(minimum = 0, maximum = 10, example = 10)]
    recovery_codes_left: i64,
    /// The WebAuthn user handle in base64url, for `signalAllAcceptedCredentials()`. `null` before
    /// the account was offered a passkey or has set up an app.
    #[schema(
        required = true,
        example = "c2FtcGxlLXVzZXItaGFuZGxlLW9mLTMyLWJ5dGVzLi4"
    )]
    user_handle: Option<String>,
    /// The domain that new passkeys belong to (the WebAuthn RP id). `null` if the service offers no
    /// passkeys.
    #[schema(required = true, example = "example.com")]
    rp_id: Option<String>,
}

impl From<SecondFactorOverview> for SecondFactorsResponse {
    fn from(overview: SecondFactorOverview) -> Self {
        let totp = overview.totp_enabled_at.map(|enabled_at| TotpResponse {
            enabled_at: enabled_at.rfc3339(),
        });
        Self {
            totp,
            passkeys: overview
                .passkeys
                .iter()
                .map(PasskeyResponse::from)
                .collect(),
            recovery_codes_left: overview.recovery_codes_left,
            user_handle: overview
                .user_handle
                .map(|handle| URL_SAFE_NO_PAD.encode(handle)),
            rp_id: overview.rp_id,
        }
    }
}

error_responses!(GetSecondFactorsErrors: error_responses::WITH_SESSION);

/// Get the second factors
///
/// Returns the second factors that the caller's account has set up.
#[utoipa::path(
    tag = "second factors",
    operation_id = "get_second_factors",
    security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, description = "The second factors.", body = SecondFactorsResponse), GetSecondFactorsErrors)
)]
#[get("/me/second-factors")]
pub async fn get_second_factors(
    service: web::Data<Service>,
    Authenticated(caller): Authenticated,
) -> Result<HttpResponse, Problem> {
    let overview = service.second_factors_of(&caller).await?;
    Ok(HttpResponse::Ok().json(SecondFactorsResponse::from(overview)))
}
